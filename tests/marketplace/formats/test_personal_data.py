"""What tells an office from a person."""

import pytest

from marketplace.formats import personal


@pytest.mark.parametrize(
    "address",
    [
        "info@stadt.example",
        "ki-register@stadt.example",
        "stadt.musterort@musterort.example",
        "Datenschutz@amt.example",
        "bürgerservice@stadt.example",
        "AI_governance@agency.example",
    ],
)
def test_shared_mailboxes_stay(address: str) -> None:
    assert personal.stripped(f"Mail: {address}.") == (f"Mail: {address}.", 0)


@pytest.mark.parametrize(
    "address",
    ["sabine.muster@stadt.example", "smith@agency.example", "m.rossi@pec.example", "x@y.example"],
)
def test_addresses_of_people_go(address: str) -> None:
    assert personal.stripped(f"Mail: {address}.") == ("Mail: […].", 1)


@pytest.mark.parametrize(
    "number",
    ["Tel. 030 1234567", "Telefon: (0221) 12 34 56", "+49 221 1234-567", "(202) 555-0143",
     "202-555-0143", "Fax 030/1234567"],
)  # fmt: skip
def test_telephone_numbers_go(number: str) -> None:
    text, found = personal.stripped(f"Rufen Sie an: {number} heute")
    assert (text, found) == ("Rufen Sie an: […] heute", 1)


@pytest.mark.parametrize(
    "text",
    [
        "Use case DHS-2024-0012-345 of 2024-10-01",
        "AGS 05315000, 1.073.096 inhabitants",
        "https://register.example/2024-555-01433/x",
        "Model 4.1.2, 10.1016/j.cose.2020.101234",
        "between 2019 and 2024",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert personal.stripped(text) == (text, 0)


def test_fields_that_hold_people_are_left_out_whole() -> None:
    value = {"name": "X", "contacts": [{"name": "Maria"}], "Contact Person": "Jo", "phone": ""}
    assert personal.all_stripped(value) == ({"name": "X", "phone": ""}, 2)


def test_an_address_behind_an_entity_is_still_an_address() -> None:
    text, found = personal.stripped("sabine.muster&#64;stadt.example, jo&commat;amt.example")
    assert (text, found) == ("[…], […]", 2)
