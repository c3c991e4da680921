"""Addresses in one spelling; nothing that could begin a header of its own."""

import pytest

from catalog import email_addresses
from catalog.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Anna.Muster@Stadt.Example ", "anna.muster@stadt.example"),
        ("o'neill+ki@amt.stadt.de", "o'neill+ki@amt.stadt.de"),
        ("post@Köln.example", "post@xn--kln-sna.example"),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert email_addresses.normalized(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "anna", "anna@", "@stadt.de", "anna@localhost", "anna@@stadt.de", "a b@stadt.de",
        "anna@stadt.de, bert@stadt.de", "anna@stadt.de\nBcc: all@stadt.de",
        "anna\r\nBcc:x@stadt.de", '"a b"@stadt.de', "<anna@stadt.de>", "anna@stadt..de",
        ".anna@stadt.de", "ännä@stadt.de", "a" * 65 + "@stadt.de", "a@" + "b" * 250 + ".de",
        "a@" + "b." * 130 + "de", "anna@stadt.de\x00", "anna@192.168.0.1",
    ],
)  # fmt: skip
def test_what_is_no_address_of_one_mailbox_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        email_addresses.normalized(typed)

    assert refused.value.problems[0].field == "email"
