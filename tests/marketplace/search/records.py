"""A few records that the tests of the engines search in."""

from collections import Counter
from collections.abc import Mapping, Sequence

from marketplace.search.documents import Texts
from marketplace.search.query import Answer
from tests.marketplace.search.judged_corpus import identity


def a_text(name: str, summary: str = "", *, language: str = "de", **fields: object) -> Texts:
    return Texts(
        id=identity(name),
        title=[(language, name)],
        summary=[(language, summary)],
        **fields,  # type: ignore[arg-type]
    )


POST = a_text("Posteingang sortieren", "Verteilt Briefe an die Ämter.")
WASTE = a_text("Tonnentour", "Hilft der Abfallentsorgungsplanung und der Müllabfuhr.")
TREES = a_text("Baumblick", "Erkennt kranke Bäume auf Luftbildern.")
HOLES = a_text("Pothole Finder", "Detects potholes on city roads.", language="en")

COUNTED = ("phase", "technology", "license", "land")


def assert_counted(
    answer: Answer, texts: Sequence[Texts], filters: Mapping[str, frozenset[str]]
) -> None:
    """Total and facets of the question "Baum" are those of a plain count over ``texts``."""
    holding = [one for one in texts if "Baum" in one.title[0][1]]

    def meets(one: Texts, but: str = "") -> bool:
        return all(set(one.facets[f]) & v for f, v in filters.items() if f != but)

    assert answer.total == sum(meets(one) for one in holding)
    for facet in COUNTED:
        right = Counter(v for one in holding if meets(one, facet) for v in one.facets[facet])
        assert answer.facets[facet] == right
