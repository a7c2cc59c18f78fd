"""Learns: corpora, attacks, fitting and evaluation."""
