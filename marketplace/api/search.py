"""Search: the same question and the same answer as on the results page."""

import re
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from msgspec import Meta, Struct, defstruct, field

from catalog import solutions, taxonomy
from catalog.database import Session
from marketplace.api.answers import ApiRequest, public
from marketplace.api.operations import asked, reads
from marketplace.api.solutions import SolutionAnswer
from marketplace.search.documents import FACET_LISTS, FACETS, NOT_STATED
from marketplace.search.query import DEEPEST_HIT, LARGEST_PAGE, LONGEST_TEXT, Like, Query, Sort
from marketplace.search.service import SearchService

TAG = "Search"

Values = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=20)]


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """What is looked for. Every facet is a parameter of its own and may be given many times."""

    q: Annotated[
        str,
        Meta(max_length=LONGEST_TEXT, description="Words, as people type them.", examples=["Post"]),
    ] = ""
    sort: Annotated[Sort, Meta(description="In which order the hits come.")] = Sort.RELEVANCE
    page: Annotated[int, Meta(ge=1, le=DEEPEST_HIT, description="From 1.")] = 1
    size: Annotated[int, Meta(ge=1, le=LARGEST_PAGE, description="Hits on a page.")] = 20
    literal: Annotated[bool, Meta(description="Correct no word.")] = False
    like_land: Annotated[
        str, Meta(max_length=2, description="Rank what places of this Land use first.")
    ] = ""
    like_size: Annotated[
        str, Meta(max_length=2, description="Rank what places of this size class use first.")
    ] = ""


def _facet_field(facet: str) -> tuple[str, Any, Any]:
    code_list = FACET_LISTS[facet]
    told = f" Codes of the list `{code_list}`, or `{NOT_STATED}`." if code_list else ""
    text = f"Only solutions with one of these values of the facet `{facet}`.{told}"
    return facet, Annotated[Values, Meta(description=text)], field(default_factory=list)


FacetedQuestion = defstruct(
    "FacetedQuestion",
    [_facet_field(facet) for facet in FACETS],
    bases=(Question,),
    frozen=True,
    forbid_unknown_fields=True,
    namespace={"__doc__": Question.__doc__},
)


class FacetValue(Struct, frozen=True):
    """A value of a facet with its labels and the number of solutions that have it."""

    value: str
    count: int
    label: dict[str, str]


class HitAnswer(Struct, frozen=True):
    """One solution found; `partial` ones hold only some of the words."""

    score: float
    partial: bool
    solution: SolutionAnswer


class FoundAnswer(Struct, frozen=True):
    """What was found."""

    total: Annotated[int, Meta(description="Solutions that hold all words and meet all filters.")]
    page: Annotated[int, Meta(description="The last page, if the question asks beyond it.")]
    size: int
    corrected: Annotated[
        str | None, Meta(description="What was searched for instead, if a word had no hit.")
    ]
    relaxed: Annotated[bool, Meta(description="No solution holds all words; these hold some.")]
    is_plain: Annotated[
        bool, Meta(description="The search engine is away; the database answered plainly.")
    ]
    hits: list[HitAnswer]
    facets: Annotated[
        dict[str, list[FacetValue]],
        Meta(description="Counts by facet. Within a facet they ignore its own filter."),
    ]


@reads("/search", FoundAnswer, tag=TAG, asks=FacetedQuestion)
def show(
    request: ApiRequest,
    session: NamedDependency[Session],
    search: NamedDependency[SearchService],
) -> Response[bytes]:
    """Search the published solutions by words and facets.

    Values of one facet are joined by "or", facets by "and". Compounds, inflections and typing
    errors are understood as on the results page.
    """
    question: Any = asked(request, FacetedQuestion)
    query = _query(question)
    found = search.search(session, query)
    answer = found.answer
    ids = [UUID(hit.id) for hit in answer.hits]
    rows = solutions.published_by_ids(session, ids)
    content = FoundAnswer(
        total=answer.total,
        page=answer.page,
        size=query.size,
        corrected=answer.corrected,
        relaxed=answer.relaxed,
        is_plain=found.is_plain,
        hits=[
            HitAnswer(hit.score, hit.partial, SolutionAnswer.from_solution(request, rows[key]))
            for hit, key in zip(answer.hits, ids, strict=True)
            if key in rows
        ],
        facets={
            facet: [
                FacetValue(value, count, _labels(facet, value)) for value, count in each.items()
            ]
            for facet, each in answer.facets.items()
        },
    )
    return public(request, content)


def _query(question: Any) -> Query:
    like = Like(question.like_land, question.like_size)
    return Query(
        text=re.sub(r"\s+", " ", question.q),
        filters={facet: frozenset(getattr(question, facet)) for facet in FACETS},
        sort=question.sort,
        page=question.page,
        size=question.size,
        literal=question.literal,
        like=like if like.state or like.size_class else None,
    )


def _labels(facet: str, value: str) -> dict[str, str]:
    known = taxonomy.lists().get(FACET_LISTS[facet])
    code = known.codes.get(value) if known else None
    return dict(code.label) if code else {}


HANDLERS: list[Any] = [show]
