"""What a Meilisearch index is made of: its settings, and how a document goes into it.

The server gets texts that are analyzed already, so it only splits at spaces; it neither stems nor
corrects. ``terms`` decides what matches, exactly as in the embedded index: it holds every analyzed
term of a record and is filtered by, so totals and facets of both engines are equal. Four searchable
attributes decide the order; only they leave the server, beside ids and municipalities' likeness.

Position and fingerprint stand in a document of their own inside the index: they change in the same
task as the records they speak of, and are swapped with them.
"""

from hashlib import sha256

import msgspec
from msgspec import Struct

from marketplace.search.analysis import ANALYSIS_VERSION
from marketplace.search.documents import FACETS, FORM_SEPARATOR, SearchDocument
from marketplace.search.schema import alike_tokens

DOCUMENT_VERSION = 2
"""Part of the fingerprint: another number means that indexes must be built anew."""

SEARCHABLE = {
    "t_title": "title",
    "t_summary": "summary",
    "t_organization": "organization",
    "t_body": "body",
}
"""Attributes the order comes from, the most telling first, and the document's field in each."""

EVERY_RECORD = "everyrecord"
"""A word that every record holds in its last attribute: a question for it finds all of them, and
with a score, which a question without words has not."""

META = "meta"
"""Id and kind of the document that says how far an index has followed the feed."""

RECORD = "record"

MOST_VALUES = 5_000
"""Values that are counted for a facet, and words of one beginning that are compared."""

NO_LIMIT = 100_000_000
"""The server caps even its totals at the number of hits one may page through. Ours are exact; how
far one may page is the question's own limit."""


class Meta(Struct, frozen=True):
    """How far an index has followed the feed, what made it, and what is known of its texts.

    All but the first two may be missing in an index that another version made.
    """

    position: int
    fingerprint: str
    languages: list[str] = []
    generation: str = ""
    """Which rebuild it comes from."""
    written: int = 0
    """Documents written since then; one that changed counts again."""
    lengths: dict[str, int] = {}
    """The lengths of their texts in terms, added up, by field."""

    @property
    def usual_lengths(self) -> dict[str, float]:
        """Terms that the texts of a document have on average, by field; at least one."""
        return {
            name: max(1.0, self.lengths.get(name, 0) / max(1, self.written))
            for name in SEARCHABLE.values()
        }


SETTINGS: dict[str, object] = {
    "searchableAttributes": [*SEARCHABLE, "t_every"],
    "displayedAttributes": ["id", "alike", *SEARCHABLE, *Meta.__struct_fields__],
    "filterableAttributes": [
        {
            "attributePatterns": [
                "id",
                "kind",
                "terms",
                "folded",
                "names",
                "name_words",
                "alike",
                "f_*",
            ],
            "features": {"facetSearch": False, "filter": {"equality": True, "comparison": False}},
        },
        {
            "attributePatterns": ["forms"],
            "features": {"facetSearch": True, "filter": {"equality": True, "comparison": False}},
        },
    ],
    "sortableAttributes": ["adopters", "confirmed", "sort_name", "standing"],
    # Words stand in the order of the text and then come the parts of compounds, so neighborhood
    # says little and comes late. Standing breaks ties as in the embedded engine.
    "rankingRules": [
        "sort",
        "words",
        "attributeRank",
        "proximity",
        "exactness",
        "standing:desc",
    ],
    # Words that no record holds are corrected before the server is asked (``corrections``): a word
    # that exists is never taken for another, and a number never for another number.
    "typoTolerance": {"enabled": False, "disableOnNumbers": True},
    # Stems are no English; the language only keeps the server from splitting them as German.
    "localizedAttributes": [{"attributePatterns": ["*"], "locales": ["eng"]}],
    # Synonyms are read with the question, so that a moderator's change needs no new index.
    "synonyms": {},
    "stopWords": [],
    "prefixSearch": "indexingTime",
    "faceting": {"maxValuesPerFacet": MOST_VALUES, "sortFacetValuesBy": {"*": "count"}},
    "pagination": {"maxTotalHits": NO_LIMIT},
}

_NAMES_LONGEST = 150
"""Characters of a name that are compared: the server cuts longer values off."""

_CONFIRMED_SCALE = 10_000_000


def fingerprint() -> str:
    """What an index was made with; an index with another one cannot be used."""
    made_with = (ANALYSIS_VERSION, DOCUMENT_VERSION, FACETS, SETTINGS)
    return sha256(msgspec.json.encode(made_with, order="sorted")).hexdigest()[:16]


def facet_attribute(facet: str) -> str:
    """The attribute a facet is filtered and counted by."""
    return f"f_{facet}"


def name_value(key: str) -> str:
    """The folded name as it is compared."""
    return key[:_NAMES_LONGEST]


def stored(document: SearchDocument) -> bytes:
    """``document`` as the server takes it, encoded."""
    texts = {name: getattr(document, field) for name, field in SEARCHABLE.items()}
    values: dict[str, object] = {
        "id": document.id,
        "kind": RECORD,
        **texts,
        "t_every": EVERY_RECORD,
        "terms": sorted({term for text in texts.values() for term in text.split()}),
        "folded": sorted({form.partition(FORM_SEPARATOR)[0] for form in document.forms}),
        "forms": [form.replace(FORM_SEPARATOR, " ") for form in document.forms],
        "names": [name_value(name) for name in document.names],
        "name_words": document.name_words.split(),
        "alike": sorted({token for pair in document.alike for token in alike_tokens(pair)}),
        "sort_name": document.sort_name,
        "adopters": document.adopters,
        "confirmed": document.confirmed,
        # More adopters first, then the later confirmation; exact in a double.
        "standing": document.adopters * _CONFIRMED_SCALE + document.confirmed,
    }
    for facet in FACETS:
        values[facet_attribute(facet)] = sorted(set(document.facets.get(facet, ())))
    return msgspec.json.encode(values)


def stored_meta(meta: Meta) -> bytes:
    """``meta`` as the server takes it, encoded."""
    return msgspec.json.encode({"id": META, "kind": META, **msgspec.structs.asdict(meta)})
