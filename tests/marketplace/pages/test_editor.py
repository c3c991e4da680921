"""The editor over HTTP: who may enter, what is kept, what blocks, and that no draft leaks."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from itertools import product

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import draft_states, drafts, records, solutions
from catalog.database import new_id
from catalog.facts import Withheld
from catalog.organizations import Organization
from catalog.permissions import Role
from catalog.records import SolutionRecord
from catalog.solutions import Solution
from marketplace.pages.editor.reading_level import reading_level
from marketplace.pages.editor.sections import SECTIONS
from marketplace.settings import Settings
from tests import serving
from tests.factories import OPERATOR, a_record, a_solution
from tests.marketplace.pages.conftest import TODAY, kept, ready

Client = TestClient[Litestar]
Enter = Callable[[], Session]
Statements = Callable[[], object]

MARKER = "Nebelkraehenquartett"
"""A word that stands in drafts alone."""

ASKED = "Silberdistelwalzer"
"""Another word of the drafts, for which a visitor asks."""


def values(page: str) -> dict[str, str]:
    """What the text areas of a page hold."""
    found = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.S)
    return {name: unescape(text) for name, text in found}


def every_page(address: str) -> list[str]:
    tails = (
        "",
        "/vorschau",
        "/verwerfen",
        "/zurueckziehen",
        "/fassungen",
        "/softwareversionen",
        "/datei",
    )
    sections = tuple(f"/angaben/{section.key}" for section in SECTIONS)
    return [address + tail for tail in (*tails, *sections)]


def test_visitors_are_led_to_the_sign_in_by_every_page_of_the_editor(
    client: Client, draft: str
) -> None:
    for path in ("/de/meine-loesungen", "/de/meine-loesungen/neu", *every_page(draft)):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (
            303,
            "/de/anmelden",
        ), path


@pytest.mark.parametrize("role", [Role.READER, None])
def test_who_may_not_draft_sees_no_page_of_a_draft(
    client: Client, sign_in: Callable[..., None], draft: str, role: Role | None
) -> None:
    sign_in(role)
    for path in every_page(draft):
        assert client.get(path).status_code == 403, path
        assert MARKER not in client.get(path).text


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_of_the_editor_opens_in_both_languages(
    client: Client, sign_in: Callable[..., None], draft: str, language: str
) -> None:
    sign_in()
    pages = [draft, *(f"{draft}/angaben/{section.key}" for section in SECTIONS)]
    for path in (*pages, f"{draft}/vorschau", f"{draft}/fassungen", f"{draft}/verwerfen"):
        other = re.search(r'hreflang="en" href="([^"]+)"', client.get(path).text)
        assert other, path
        answer = client.get(path if language == "de" else other[1])
        assert answer.status_code == 200, path
        assert f'<html lang="{language}"' in answer.text


def test_the_sections_ask_for_every_telling_fact_once() -> None:
    paths = [field.path for section in SECTIONS for field in section.fields]
    assert len(paths) == len(set(paths))
    asked = {path for section in SECTIONS for path in section.paths}
    assert set(records.TELLING) <= asked


def test_a_section_is_saved_and_leads_to_the_next(
    client: Client, sign_in: Callable[..., None], enter: Enter, draft: str
) -> None:
    sign_in()
    typed = {"revision": "1", "problem.de": "Zu viele Briefe.", "problem.en": "Too much mail."}

    answer = client.post(f"{draft}/angaben/story", data=typed | {"then": "next"})

    assert answer.headers["location"] == f"{draft}/angaben/impact?done=saved"
    assert "Der Entwurf ist gespeichert" in client.get(answer.headers["location"]).text
    solution = kept(enter, draft)
    assert solution.draft is not None
    assert solution.draft.problem == {"de": "Zu viele Briefe.", "en": "Too much mail."}


def test_ticks_and_choices_are_saved_and_taken_back(
    client: Client, sign_in: Callable[..., None], enter: Enter, draft: str
) -> None:
    sign_in()
    client.post(
        f"{draft}/angaben/glance",
        data={"revision": "1", "phase": "operation", "fields_of_action": ["VW", "SO"]},
    )
    client.post(f"{draft}/angaben/glance", data={"revision": "2", "phase": ""})

    key = kept(enter, draft).id
    with enter() as session:
        states = [session.get(draft_states.DraftState, (key, number)) for number in (2, 3)]
    said = [(state.record.phase, state.record.fields_of_action) for state in states if state]
    assert said == [("operation", ["VW", "SO"]), ("", [])]


def test_the_three_states_of_a_fact_can_be_reached(
    client: Client, sign_in: Callable[..., None], enter: Enter, draft: str
) -> None:
    sign_in()
    form = {
        "revision": "1",
        "licenses.code": "",
        "licenses.model": "Apache-2.0",
        "withheld.licenses.code": "procurement",
        "withheld.licenses.code.note.de": "Vergabe bis Mai",
        "licenses.data": "",
        "withheld.licenses.data": "",
    }
    client.post(f"{draft}/angaben/license", data=form)

    record = kept(enter, draft).draft
    assert record is not None
    states = [record.fact(f"licenses.{part}").state for part in ("model", "data", "code")]
    assert states == ["stated", "not_stated", "withheld"]
    reason = Withheld(reason="procurement", note={"de": "Vergabe bis Mai"})
    assert record.withheld == {"licenses.code": reason}
    page = client.get(f"{draft}/angaben/license").text
    assert "Vergabe bis Mai" in page
    assert re.search(
        r'<details class="lm-withhold" open><summary>[^<]*<span[^>]*>: Lizenz des', page
    )


def test_a_wrong_value_is_saved_told_at_its_field_and_blocks_only_publishing(
    client: Client, sign_in: Callable[..., None], enter: Enter, draft: str
) -> None:
    sign_in()
    form = {"revision": "1", "repository": "kein Link", "website": "https://stadt.example"}
    answer = client.post(f"{draft}/angaben/interfaces", data=form)

    assert answer.status_code == 422
    assert "<title>Fehler: " in answer.text
    assert 'href="#field-repository"' in answer.text
    assert 'id="error-repository"' in answer.text
    solution = kept(enter, draft)
    assert solution.draft is not None
    assert solution.draft.website == "https://stadt.example"

    refused = client.post(f"{draft}/veroeffentlichen", data={"revision": "2"})
    assert refused.status_code == 422
    assert "1 Angabe verhindert die Veröffentlichung" in refused.text
    assert f'href="{draft}/angaben/interfaces#field-repository"' in refused.text


def test_what_no_record_can_hold_comes_back_filled_and_the_rest_is_saved(
    client: Client, sign_in: Callable[..., None], enter: Enter, draft: str
) -> None:
    sign_in()
    long = "x" * 40_001
    form = {"revision": "1", "problem.de": long, "limits.de": "Handschrift."}
    answer = client.post(f"{draft}/angaben/story", data=form)

    assert answer.status_code == 422
    assert values(answer.text)["problem.de"] == long
    solution = kept(enter, draft)
    assert solution.draft is not None
    assert (solution.draft.problem, solution.draft.limits) == ({}, {"de": "Handschrift."})


def test_texts_in_other_languages_survive_the_editor(
    client: Client, sign_in: Callable[..., None], enter: Enter, city: Organization
) -> None:
    sign_in()
    with enter() as session:
        record = ready(problem={"de": "Alt", "fr": "Trop de lettres."})
        solution = drafts.begin(session, OPERATOR, city, record, id=new_id())
        session.commit()
    address = f"/de/meine-loesungen/{solution.id}"

    client.post(f"{address}/angaben/story", data={"revision": "1", "problem.de": "Neu"})

    assert kept(enter, address).draft == ready(problem={"de": "Neu", "fr": "Trop de lettres."})


def test_a_section_opened_and_saved_unchanged_changes_nothing(
    client: Client, sign_in: Callable[..., None], enter: Enter, city: Organization
) -> None:
    sign_in()
    record = ready(
        problem={"de": "  Mit Rand \n\n und Absatz"},
        keywords=["Post", "Brief"],
        in_use_since="2024-05",
    )
    with enter() as session:
        solution = drafts.begin(session, OPERATOR, city, record, id=new_id())
        session.commit()
    address = f"/de/meine-loesungen/{solution.id}"
    page = client.get(f"{address}/angaben/purpose").text
    sent = values(page) | {"revision": "1", "name.de": "PostLotse", "name.en": ""}

    client.post(f"{address}/angaben/purpose", data=sent)

    assert kept(enter, address).draft_revision == 1


def test_a_parallel_edit_shows_three_versions_and_keeps_the_chosen_one(
    client: Client, sign_in: Callable[..., None], enter: Enter, draft: str
) -> None:
    sign_in()
    section = f"{draft}/angaben/story"
    client.post(section, data={"revision": "1", "problem.de": "Basis", "limits.de": "Basis"})
    client.post(section, data={"revision": "2", "problem.de": "Ihre", "limits.de": "Ihre"})

    crossed = client.post(
        section, data={"revision": "2", "problem.de": "Meine", "limits.de": "Meine"}
    )

    assert crossed.status_code == 409
    for text in ("<p>Meine</p>", "<p>Ihre</p>", "<p>Basis</p>"):
        assert crossed.text.count(text) == 2
    again = values(crossed.text) | {
        "revision": "3",
        "take.problem": "mine",
        "take.limits": "theirs",
    }
    assert client.post(section, data=again).status_code == 303
    record = kept(enter, draft).draft
    assert record is not None
    assert (record.problem, record.limits) == ({"de": "Meine"}, {"de": "Ihre"})


def test_a_save_by_the_page_itself_is_answered_in_json(
    client: Client, sign_in: Callable[..., None], draft: str
) -> None:
    sign_in()
    asked = {"accept": "application/json"}
    long = "Dieser eine Satz hat so viele kurze Worte " + "und noch eins " * 6 + "am Ende."
    form = {"revision": "1", "problem.de": long}

    told = client.post(f"{draft}/angaben/story", data=form, headers=asked).json()

    assert told["revision"] == 2
    assert re.fullmatch(r"Entwurf gespeichert um \d\d:\d\d Uhr", told["text"])
    assert any("Wörter" in hint for hint in told["hints"]["problem"])
    stale = client.post(
        f"{draft}/angaben/story", data=form | {"problem.de": "Anders"}, headers=asked
    )
    assert (stale.status_code, stale.headers["content-type"]) == (409, "application/problem+json")


def test_a_save_without_a_login_is_refused_and_not_sent_to_a_form(
    client: Client, draft: str
) -> None:
    answer = client.post(
        f"{draft}/angaben/story",
        data={"revision": "1", "problem.de": "x"},
        headers={"accept": "application/json", "origin": "https://node.example"},
    )
    assert answer.status_code == 403


def test_a_form_sent_twice_begins_and_publishes_once(
    client: Client, sign_in: Callable[..., None], enter: Enter
) -> None:
    sign_in()
    form = {"name": "PostLotse", "purpose": "Ordnet Post.", "id": str(new_id())}
    first, second = (client.post("/de/meine-loesungen/neu", data=form) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    address = first.headers["location"].split("?")[0]
    client.post(f"{address}/angaben/glance", data={"revision": "1", "phase": "pilot"})
    client.post(f"{address}/angaben/license", data={"revision": "2", "licenses.code": "MIT"})
    client.post(f"{address}/angaben/contact", data={"revision": "3", "contact.office": "Amt"})

    answers = [client.post(f"{address}/veroeffentlichen", data={"revision": "4"}) for _ in range(2)]

    assert [answer.headers["location"] for answer in answers] == [f"{address}?done=published"] * 2
    assert kept(enter, address).version == 1
    assert client.get("/de/loesungen/postlotse").status_code == 200


def test_a_contributor_prepares_but_has_no_button_to_publish(
    client: Client, sign_in: Callable[..., None], draft: str
) -> None:
    sign_in(Role.CONTRIBUTOR)
    assert "/veroeffentlichen" not in client.get(draft).text
    assert client.post(f"{draft}/veroeffentlichen", data={"revision": "1"}).status_code == 403


def test_withdrawing_needs_a_reason_and_leads_to_the_successor(
    client: Client, sign_in: Callable[..., None], enter: Enter, city: Organization
) -> None:
    sign_in()
    with enter() as session:
        old = a_solution(session, "Alt", publisher=city)
        a_solution(session, "Neu", publisher=city)
        session.commit()
    address = f"/de/meine-loesungen/{old.id}/zurueckziehen"
    form = {"reason": "Wird nicht mehr gepflegt.", "successor": "/de/loesungen/neu"}

    empty = client.post(address, data={"reason": "", "successor": ""})
    unknown = client.post(address, data=form | {"successor": "/de/loesungen/gibt-es-nicht"})
    answers = [client.post(address, data=form) for _ in range(2)]

    assert (empty.status_code, unknown.status_code) == (422, 422)
    assert "Wird nicht mehr gepflegt." in unknown.text
    assert [answer.status_code for answer in answers] == [303, 303]
    gone = client.get("/de/loesungen/alt")
    assert gone.status_code == 410
    assert "Wird nicht mehr gepflegt." in gone.text
    assert "/de/loesungen/neu" in gone.text


def test_a_release_sent_twice_is_added_once(
    client: Client, sign_in: Callable[..., None], enter: Enter, city: Organization
) -> None:
    sign_in()
    with enter() as session:
        solution = a_solution(session, publisher=city)
        session.commit()
    address = f"/de/meine-loesungen/{solution.id}/softwareversionen"
    form = {"version": "1.0", "released_on": "2026-11-01", "notes.de": "Erste"}

    answers = [client.post(address, data=form) for _ in range(2)]
    other = client.post(address, data=form | {"released_on": "2026-11-02"})

    assert [answer.status_code for answer in answers] == [303, 303]
    assert other.status_code == 422
    assert client.get(address).text.count("<b>1.0</b>") == 1


def test_versions_say_what_changed_in_words(
    client: Client, sign_in: Callable[..., None], enter: Enter, city: Organization
) -> None:
    sign_in()
    with enter() as session:
        solution = a_solution(session, publisher=city, phase="pilot")
        record = a_record(phase="operation", data=ready().data)
        solutions.revise(session, OPERATOR, solution, record)
        session.commit()
    page = client.get(f"/de/meine-loesungen/{solution.id}/fassungen").text

    words = re.sub(r"(?:<[^>]+>|\s)+", " ", page)
    assert "Stand → geändert Pilot Betrieb" in words
    assert "Was Fassung 2 gegenüber Fassung 1 ändert" in words


def test_an_old_version_is_brought_back_as_a_draft(
    client: Client, sign_in: Callable[..., None], enter: Enter, city: Organization
) -> None:
    sign_in()
    with enter() as session:
        solution = a_solution(session, publisher=city, phase="pilot")
        solutions.revise(session, OPERATOR, solution, a_record(phase="operation"))
        session.commit()
    address = f"/de/meine-loesungen/{solution.id}"

    client.post(f"{address}/wiederherstellen", data={"version": "1"})

    now = kept(enter, address)
    assert now.draft is not None
    assert (now.draft.phase, now.public_record.phase) == ("pilot", "operation")


def test_the_preview_shows_the_draft_and_the_public_page_does_not(
    client: Client, sign_in: Callable[..., None], enter: Enter, city: Organization
) -> None:
    sign_in()
    with enter() as session:
        solution = a_solution(session, publisher=city)
        drafts.revise(session, OPERATOR, solution)
        changed = a_record(problem={"de": MARKER})
        drafts.save(session, OPERATOR, solution, changed, fields=["problem"], revision=2)
        session.commit()

    preview = client.get(f"/de/meine-loesungen/{solution.id}/vorschau").text
    public = client.get("/de/loesungen/postlotse").text

    assert MARKER in preview
    assert "So wird es veröffentlicht" in preview
    assert 'content="noindex"' in preview
    assert MARKER not in public
    assert f"/de/meine-loesungen/{solution.id}" in public


def test_the_way_into_the_editor_is_shown_to_members_only(
    client: Client, enter: Enter, city: Organization
) -> None:
    with enter() as session:
        a_solution(session, publisher=city)
        session.commit()
    assert "/meine-loesungen" not in client.get("/de/loesungen/postlotse").text


def test_texts_of_a_draft_are_never_markup(
    client: Client, sign_in: Callable[..., None], draft: str
) -> None:
    sign_in()
    hostile = '<img src=x onerror="alert(1)">'
    client.post(f"{draft}/angaben/story", data={"revision": "1", "problem.de": hostile})
    client.post(f"{draft}/angaben/purpose", data={"revision": "2", "name.de": hostile})
    crossed = client.post(f"{draft}/angaben/story", data={"revision": "1", "problem.de": "x"})

    pages = [client.get(path).text for path in every_page(draft)]
    pages += [client.get("/de/meine-loesungen").text, crossed.text]
    assert not any("<img src=x" in page for page in pages)


def test_forms_with_too_much_and_with_nothing_are_answered(
    client: Client, sign_in: Callable[..., None], draft: str
) -> None:
    sign_in()
    many = {"revision": "1", "fields_of_action": ["VW"] * 5_000, "keywords": "x\n" * 300}
    for section in SECTIONS:
        for form in ({}, {"revision": "99999999999"}, {"revision": "-1", "zz": "\x00"}, many):
            answer = client.post(f"{draft}/angaben/{section.key}", data=form)
            assert answer.status_code in {303, 409, 422}, (section.key, form)


@pytest.mark.parametrize("tail", ["", "/angaben/story", "/vorschau", "/fassungen"])
def test_a_page_of_the_editor_asks_the_database_a_fixed_number_of_times(
    client: Client, sign_in: Callable[..., None], statements: Statements, draft: str, tail: str
) -> None:
    sign_in()
    client.get(draft + tail)
    with statements() as asked:  # type: ignore[attr-defined]
        assert client.get(draft + tail).status_code == 200
    assert len([text for text in asked if text.startswith("SELECT")]) <= 10


def test_the_list_asks_as_often_for_many_as_for_one(
    client: Client,
    sign_in: Callable[..., None],
    statements: Statements,
    enter: Enter,
    city: Organization,
) -> None:
    sign_in()
    counts = []
    for more in (1, 12):
        with enter() as session:
            for number in range(more):
                record = ready(f"Lösung {number}")
                drafts.begin(session, OPERATOR, city, record, id=new_id())
            session.commit()
        with statements() as asked:  # type: ignore[attr-defined]
            assert client.get("/de/meine-loesungen").text.count("lm-task-detail") >= more
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.fixture
def searching(settings: Settings, enter: Enter, city: Organization) -> Iterator[Client]:
    """A visitor's browser on a node with a search index, with two drafts that hold the marker."""
    with enter() as session:
        public = a_solution(session, "Sichtbar", publisher=city)
        drafts.revise(session, OPERATOR, public)
        fields = ["name", "summary", "problem", "keywords", "alternative_names", "vendor"]
        drafts.save(session, OPERATOR, public, marked(), fields=fields, revision=2)
        drafts.begin(session, OPERATOR, city, marked(), id=new_id())
        session.commit()
    indexed = settings.model_copy(update={"embedded_search": True, "worker": True})
    with (
        serving.application(indexed, clock=lambda: TODAY) as app,
        TestClient(app, base_url="https://node.example") as client,
    ):
        client.follow_redirects = False
        app.state.search.catch_up()
        yield client


def marked() -> SolutionRecord:
    """A record whose every word leads to the marker, by words that a visitor may ask for."""
    text = {"de": f"{MARKER} {ASKED} ordnet.", "en": f"{MARKER} {ASKED} sorts."}
    return ready(
        f"{MARKER} {ASKED}",
        summary=text,
        problem=text,
        description=text,
        keywords=[MARKER, ASKED],
        alternative_names=[MARKER],
        vendor=MARKER,
    )


def test_a_draft_appears_in_no_answer_to_a_visitor(
    searching: Client, enter: Enter, city: Organization
) -> None:
    with enter() as session:
        rows = session.query(Solution).all()
        ids, slugs = [str(row.id) for row in rows], [row.slug for row in rows]
        hidden = next(str(row.id) for row in rows if row.record is None)
    queries = (f"?q={ASKED}", f"?ort={ASKED}&name={ASKED}")
    answered = 0
    for path in addresses(searching.app, [*ids, *slugs, city.slug, "solution"]):
        told = searching.get(path)
        answered += told.status_code == 200
        # Who is sent away or finds nothing is so whatever else the address says.
        more = queries if told.status_code in {200, 400} else ()
        for answer in (told, *(searching.get(path + query) for query in more)):
            # The marker itself is never asked for; an echoed address holds it in small letters.
            assert MARKER not in answer.text, answer.url
            assert hidden in path or hidden not in answer.text, answer.url
    assert answered > 100


def addresses(app: Litestar, values: list[str]) -> Iterator[str]:
    """Every address that can be read, its parts filled with what could lead to a draft."""
    for route in app.routes:
        if "GET" not in getattr(route, "methods", ()) or "/static" in route.path:
            continue
        parts = list(route.path_parameters.values())
        choices = [values for _ in parts]
        for chosen in product(*choices):
            path = route.path_format
            for part, value in zip(parts, chosen, strict=True):
                path = path.replace("{" + part.name + "}", value)
            yield path


def test_lix_is_the_one_of_its_author() -> None:
    easy = reading_level("Die Stadt prüft jeden Vorschlag. Ein Mensch entscheidet.")
    assert (easy.lix, easy.words, easy.longest) == (4 + 25, 8, 5)


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ("", 0),
        ("Nach Art. 6 Abs. 1 gilt das.", 5),
        ("Das geht z. B. so.", 5),
        ("Erste Zeile\nZweite lange Zeile", 3),
        ("„Wirklich?“ Ja, wirklich.", 2),
        ("KI-Lösung für E-Mail", 3),
    ],
)
def test_sentences_are_counted_as_people_read_them(text: str, longest: int) -> None:
    assert reading_level(text).longest == longest


def test_hard_texts_have_a_high_lix() -> None:
    hard = (
        "Die Verwaltungsverfahrensdigitalisierungsverordnung regelt Zuständigkeitsvoraussetzungen "
        "kommunaler Gebietskörperschaften hinsichtlich automatisierter Entscheidungsverfahren."
    )
    assert reading_level(hard).lix > 70
