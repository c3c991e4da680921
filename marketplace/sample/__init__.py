"""Invented data: a small world written by hand, and a generator for as many records as needed."""
