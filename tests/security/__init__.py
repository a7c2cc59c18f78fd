"""The service as an attacker meets it: over a socket, with keys of two tenants."""
