"""Mails and posts: HTML to text, and the sender's own words told from quotations and signatures."""

from lurewatch.entrypoints.connectors.mail.quotes import Parts, split
from lurewatch.entrypoints.connectors.mail.reading import Line, lines

__all__ = ["Line", "Parts", "lines", "split"]
