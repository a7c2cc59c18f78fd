"""Meets people and machines: the command, the service, and the one place that wires them."""
