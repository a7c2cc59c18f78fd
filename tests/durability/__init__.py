"""Whether anything is lost: the service is killed and its database cut off under load, and then the books are checked.

``python -m tests.durability --help`` runs it; docs/durability.md says what is checked.
"""
