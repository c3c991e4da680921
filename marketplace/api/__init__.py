"""The JSON API under ``/api/v1``, one module per noun; what a page can do, it can do."""
