"""Lurewatch."""
