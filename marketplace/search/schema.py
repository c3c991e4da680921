"""The fields of the embedded index, and how a document goes into them.

One field, ``all``, decides what matches (with positions, for quoted expressions); four fields rank.
A facet is stored twice: its values one by one to filter by, and all of them as one sorted value to
count by, which is faster than counting a field with many values while there are few combinations.
"""

import math
import re
from uuid import UUID

import tantivy

from marketplace.search.documents import FACETS, FORM_SEPARATOR, SearchDocument
from marketplace.search.query import Like

SCHEMA_VERSION = 2
"""Stored beside the index; another number means it must be built anew."""

RANKED = {"title": 0.91, "organization": 0.6, "summary": 0.77, "body": 0.55}
"""What a field's BM25 counts for; per word chiefly the best field counts (measured on the judged
set). The body also holds the labels of codes in every language, so it weighs more than prose."""

VALUE_SEPARATOR = "|"

COUNTED_ONE_BY_ONE = frozenset({"land"})
"""Facets with thousands of combinations."""

_WRITTEN_FORM = re.compile(f"{FORM_SEPARATOR}[^ ]*")

_HALF = 1 << 64
_MOST_ADOPTERS = 2**14
_LAST_DAY = 1_000_000


def schema() -> tantivy.Schema:
    """The fields. Tokens come ready from the analysis, so the index only splits at spaces."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("id_high", fast=True)
    builder.add_unsigned_field("id_low", fast=True)
    builder.add_text_field("all", tokenizer_name="whitespace", index_option="position")
    for name in RANKED:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("name_words", "folded"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("names", "forms", "alike"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        builder.add_text_field(value_field(name), tokenizer_name="raw", index_option="basic")
        builder.add_text_field(
            count_field(name), tokenizer_name="raw", fast=True, index_option="basic"
        )
    builder.add_text_field("sort_name", tokenizer_name="raw", fast=True, index_option="basic")
    builder.add_unsigned_field("adopters", fast=True)
    builder.add_unsigned_field("confirmed", fast=True)
    builder.add_float_field("standing", fast=True)
    return builder.build()


def value_field(facet: str) -> str:
    """The field a facet is filtered by."""
    return f"is_{facet}"


def count_field(facet: str) -> str:
    """The field a facet is counted by."""
    return f"count_{facet}"


def stored(document: SearchDocument, fields: tantivy.Schema) -> tantivy.Document:
    """``document`` as the index takes it."""
    high, low = divmod(UUID(document.id).int, _HALF)
    ranked = {name: getattr(document, name) for name in RANKED}
    values: dict[str, object] = {
        "key": document.id,
        "id_high": high,
        "id_low": low,
        "all": " ".join(filter(None, ranked.values())),
        **ranked,
        "name_words": document.name_words,
        "folded": _WRITTEN_FORM.sub("", " ".join(document.forms)),
        "names": document.names,
        "forms": document.forms,
        "alike": [token for pair in document.alike for token in alike_tokens(pair)],
        "sort_name": document.sort_name,
        "adopters": document.adopters,
        "confirmed": document.confirmed,
        "standing": _standing(document),
    }
    for facet in FACETS:
        found = sorted(set(document.facets.get(facet, ())))
        values[value_field(facet)] = found
        values[count_field(facet)] = (
            found if facet in COUNTED_ONE_BY_ONE else VALUE_SEPARATOR.join(found)
        )
    return tantivy.Document.from_dict(values, fields)


def id_of(high: int, low: int) -> str:
    """The id stored as two numbers."""
    return str(UUID(int=(high << 64) | low))


def alike_tokens(pair: str) -> tuple[str, ...]:
    """ "05|3" as what one may look for: both, the Land, the size class."""
    state, _, size_class = pair.partition("|")
    return (pair, f"{state}|", f"|{size_class}")


def alike_weights(like: Like) -> dict[str, float]:
    """What similarity adds to the score of a record: half for the Land, half for the size."""
    weights = {f"{like.state}|": 2.0 if like.state else 0.0}
    weights[f"|{like.size_class}"] = 2.0 if like.size_class else 0.0
    if like.state and like.size_class:
        weights[f"{like.state}|{like.size_class}"] = 1.0
    return {token: weight for token, weight in weights.items() if weight}


def _standing(document: SearchDocument) -> float:
    """Breaks ties: more adopters, then the later confirmation; so small that nothing else moves.

    The index multiplies a score by log2(2 + standing).
    """
    used = math.log2(1 + min(document.adopters, _MOST_ADOPTERS)) / math.log2(1 + _MOST_ADOPTERS)
    return 1e-3 * used + 1e-5 * min(document.confirmed, _LAST_DAY) / _LAST_DAY
