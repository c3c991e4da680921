"""Formats of others: pure functions between bytes and our record. See ``records`` for the shape."""
