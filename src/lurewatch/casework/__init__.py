"""Remembers and acts: store, outbox, bus, screening, review."""
