"""Thinks: a conversation and what is known go in, a verdict and decisions come out. Touches nothing of the world."""
