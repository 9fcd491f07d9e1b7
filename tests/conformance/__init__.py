"""The laws of mallsync.testing, applied to every adapter."""
