"""What the bench gives to pycsw and asks of it."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

from marketplace.bench import pycsw
from marketplace.bench.peers import PEERS
from marketplace.bench.questions import FACETS, Question
from marketplace.search.query import Query


def test_a_question_becomes_a_constraint_on_text_and_keywords():
    query = Query("Müll & Abfuhr", filters={"phase": frozenset({"pilot"})}, facets=FACETS)
    asked = parse_qs(urlsplit(PEERS["pycsw"].address(Question("word", query))).query)

    assert asked["request"] == ["GetRecords"]
    assert asked["maxrecords"] == ["20"]
    assert asked["constraint"] == [
        "csw:AnyText like '%Müll%' and csw:AnyText like '%Abfuhr%' and dc:subject like '%pilot%'"
    ]


def test_without_words_and_filters_there_is_no_constraint():
    asked = PEERS["pycsw"].address(Question("nothing typed", Query("", facets=FACETS)))

    assert "constraint" not in asked


def test_its_records_are_well_formed_and_hold_what_we_search():
    identifier, _, xml, everything, title, _, keywords = next(iter(pycsw._rows(100)))
    record = ET.fromstring(xml)  # noqa: S314 - written by ourselves

    assert record.findtext("{http://purl.org/dc/elements/1.1/}identifier") == identifier
    assert title in everything
    assert keywords in everything
