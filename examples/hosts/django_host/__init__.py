"""A Django host that keeps what it does about orders in a table of its own."""
