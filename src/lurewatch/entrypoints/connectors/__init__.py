"""The receiving halves of the connectors: what a platform sends goes in, what is to be screened comes out.

Nothing here has a network, a store or a clock. ``erpnext.receive``, ``telegram.receive`` and ``generic.receive`` check
who sent it before they read it.
"""
