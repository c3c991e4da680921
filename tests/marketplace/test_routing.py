import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.routing import ADDRESSES, address, is_own, other_language, paths


def test_every_page_has_a_german_and_an_english_address() -> None:
    for name in ADDRESSES:
        german, english = paths(name)
        assert german.startswith("/de")
        assert english.startswith("/en")


def test_an_address_escapes_its_parts_and_its_query() -> None:
    assert address("solution", "de", slug="a/b?c") == "/de/loesungen/a%2Fb%3Fc"
    assert address("search", "en", [("q", "Müll & mehr")]) == "/en/solutions?q=M%C3%BCll+%26+mehr"


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/de", "/en"),
        ("/de/loesungen", "/en/solutions"),
        ("/en/solutions/postlotse/sheet", "/de/loesungen/postlotse/kurzblatt"),
        ("/de/kommunen/059980001001/auenrode", "/en/municipalities/059980001001/auenrode"),
        ("/de/gibt-es-nicht", "/en"),
        ("/", "/en"),
    ],
)
def test_a_page_leads_to_itself_in_the_other_language(path: str, other: str) -> None:
    assert other_language(path) == other


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "", "de"]
)
def test_an_address_of_another_host_is_not_our_own(wanted: str) -> None:
    assert not is_own(wanted)


@given(st.text(max_size=80))
def test_what_counts_as_our_own_begins_with_one_slash(wanted: str) -> None:
    if is_own(wanted):
        assert wanted[0] == "/"
        assert not wanted.startswith(("//", "/\\"))
        assert "\n" not in wanted
        assert "\r" not in wanted
