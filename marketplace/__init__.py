"""The application: HTTP, accounts, pages, API, search, federation, formats, worker, CLI."""
