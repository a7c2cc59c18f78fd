"""The version of the engine, as verdicts carry it."""

__version__ = "0.1.0"
