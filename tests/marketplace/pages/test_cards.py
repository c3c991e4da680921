"""Cards are made once for each version of a solution, and are never older than the change feed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from litestar import Litestar
from sqlalchemy.orm import Session

from catalog import solutions
from catalog.permissions import Actor
from marketplace.pages.cards import CardShelf, Likeness
from marketplace.pages.reader import Reader
from marketplace.translations import translations
from tests.factories import OPERATOR, a_record, a_solution

READER = Reader(
    language="de",
    theme="auto",
    actor=Actor.anonymous(),
    path="/de/loesungen",
    query_string="",
    node_name="Lichtermeer",
    operator="",
    is_sample=False,
    base_url="https://node.example",
    source_url="",
    today=date(2026, 11, 23),
    texts=translations("de"),
)


def test_a_card_is_made_once_and_again_when_the_solution_changes(
    app: Litestar, enter: Callable[[], Session], statements: Callable[..., object]
) -> None:
    with enter() as session:
        solution = a_solution(session, "PostLotse", summary={"de": "Ordnet Briefe zu."})
        session.commit()
        shelf, database = CardShelf(), app.state.database

        def sentence() -> tuple[str, int]:
            with statements() as asked, database.reading() as own:  # type: ignore[attr-defined]
                made = shelf.cards(own, READER, [solution.id], Likeness())
            found = [text for text in asked if text.lstrip().upper().startswith("SELECT")]
            return str(made[solution.id].sentence) if made else "", len(found)

        assert sentence() == ("Ordnet Briefe zu.", 3)
        assert sentence() == ("Ordnet Briefe zu.", 1)

        solutions.revise(session, OPERATOR, solution, a_record("PostLotse", summary={"de": "Neu."}))
        session.commit()
        assert sentence()[0] == "Neu."

        solutions.withdraw(session, OPERATOR, solution, reason="Abgelöst.")
        session.commit()
        assert sentence()[0] == ""


def test_cards_are_kept_apart_by_language(app: Litestar, enter: Callable[[], Session]) -> None:
    with enter() as session:
        record = a_record("PostLotse", summary={"de": "Ordnet zu.", "en": "Sorts."})
        solution = a_solution(session, "PostLotse", summary=record.summary)
        session.commit()
        shelf = CardShelf()
        english = replace(READER, language="en", texts=translations("en"))

        def sentence(reader: Reader) -> object:
            with app.state.database.reading() as own:
                made = shelf.cards(own, reader, [solution.id], Likeness())
            return made[solution.id].sentence

        assert [sentence(READER), sentence(english)] == ["Ordnet zu.", "Sorts."]
