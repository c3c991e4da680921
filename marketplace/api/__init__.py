"""The JSON API under ``/api/v1``: one module for each noun, the same domain verbs as the pages.

``operations`` declares what an address takes and gives; handler and OpenAPI document are made of
that one declaration, so they cannot differ.
"""
