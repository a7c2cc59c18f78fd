"""Asks: what others know of this."""
