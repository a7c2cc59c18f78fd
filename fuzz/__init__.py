"""Random bytes against the engine; see README.md."""
