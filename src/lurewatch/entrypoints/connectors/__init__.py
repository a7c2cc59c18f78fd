"""The connectors: what a platform sends comes in, and what is decided about it goes out.

The receiving halves have no network, store or clock: ``erpnext.receive``, ``telegram.receive`` and ``generic.receive``
check who sent it before they read it. ``erpnext_desk`` is the half that does something there.
"""
