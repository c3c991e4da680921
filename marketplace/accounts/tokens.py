"""Tokens: opaque chance that somebody carries; only its hash is stored."""

import secrets
from hashlib import sha256


def new() -> str:
    """A token of 256 bits, fit for cookies and addresses."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is stored of a token. It is chance, so a plain SHA-256 cannot be guessed back."""
    return sha256(token.encode()).hexdigest()
