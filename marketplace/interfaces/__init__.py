"""Descriptions of interfaces: read, recognized, checked, compared and laid out for readers.

Pure functions: bytes in, values out. Nothing here opens a connection or a file that was not given.
"""
