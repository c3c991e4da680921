"""Sign-in and security: what a person can sign in with, and where it is signed in."""

from marketplace.pages.security import (
    code_app,
    confirming,
    identities,
    overview,
    passkeys,
    password,
)

HANDLERS = [
    *overview.HANDLERS,
    *confirming.HANDLERS,
    *password.HANDLERS,
    *code_app.HANDLERS,
    *passkeys.HANDLERS,
    *identities.HANDLERS,
]
