"""The application: HTTP, accounts, pages, API, search, federation, formats, worker, CLI."""

__version__ = "0.1.0"
