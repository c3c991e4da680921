"""What readers learn from the page of a solution and from its sheet."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import adoptions, releases, solutions
from catalog.adoptions import Adoption, Claim, Stage, Use
from catalog.facts import Withheld
from catalog.records import Contact, DataBasis, Licenses, Relation, SolutionRecord, Source
from tests.factories import OPERATOR, a_city, a_record, a_solution, an_organization

TODAY = date(2026, 11, 23)
HOSTILE = "<script>alert(1)</script>\"'&"

Enter = Callable[[], Session]
Client = TestClient[Litestar]
Statements = Callable[[], AbstractContextManager[list[str]]]


def publish(enter: Enter, name: str = "PostLotse", **fields: object) -> solutions.Solution:
    with enter() as session:
        solution = a_solution(session, name, **fields)  # type: ignore[arg-type]
        session.commit()
    return solution


def use_it(enter: Enter, solution: solutions.Solution, name: str, use: Use) -> Adoption:
    with enter() as session:
        adoption = adoptions.declare(
            session, OPERATOR, solution, a_city(session, name), use, today=TODAY
        )
        session.commit()
    return adoption


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def test_page_names_what_nobody_stated(enter: Enter, client: Client) -> None:
    publish(enter, summary={"de": "Ordnet Briefe."})

    page = text(client, "/en/solutions/postlotse")

    missing = page[page.index('id="missing"') :]
    assert "Still missing" in missing
    assert "What it is not good for" in missing
    assert "What it is for, in one sentence" not in missing


def test_question_goes_to_the_office_if_one_is_known(enter: Enter, client: Client) -> None:
    publish(enter, contact=Contact(office="Poststelle", email="post@stadt.example"))

    page = text(client, "/en/solutions/postlotse")

    assert 'href="mailto:post@stadt.example?subject=PostLotse%3A%20' in page


def test_withheld_fact_shows_its_reason(enter: Enter, client: Client) -> None:
    withheld = {
        "data": Withheld("trade_secret", {"de": "Auf Anfrage"}, date(2026, 2, 1), "Stadt Muster")
    }
    publish(enter, withheld=withheld)

    page = text(client, "/en/solutions/postlotse")

    assert "not published" in page
    assert "Trade secret. Auf Anfrage. Decided on February 1, 2026 by Stadt Muster" in page
    assert "Which data go in" not in page[page.index('id="missing"') :]


def test_text_in_another_language_says_so(enter: Enter, client: Client) -> None:
    publish(enter, description={"nl": "Dit algoritme telt bomen."})

    page = text(client, "/en/solutions/postlotse")

    assert '<div class="lm-prose" lang="nl"><p>Dit algoritme telt bomen.</p></div>' in page
    assert "(only in Dutch)" in page
    assert "(nur auf Niederländisch)" in text(client, "/de/loesungen/postlotse")


def test_words_of_a_source_stand_as_its_own(enter: Enter, client: Client) -> None:
    source = Source("Algoritmeregister", "4711", "https://register.example/4711", "CC0-1.0", "NL")
    publish(enter, raw={"hosting": "on premise"}, source=source)

    page = text(client, "/en/solutions/postlotse")

    assert "The source says: “on premise”" in page
    assert "Where it runs" not in page[page.index('id="missing"') :]
    assert 'href="https://register.example/4711"' in page
    assert "CC0-1.0" in page


def test_ended_use_stays_with_its_reason(enter: Enter, client: Client) -> None:
    solution = publish(enter)
    note = {"de": "Die Stelle blieb unbesetzt."}
    use = Use(Stage.ENDED, date(2026, 3, 1), ended_reason="staff", ended_note=note)
    use_it(enter, solution, "Stadt Altenau", use)

    page = text(client, "/en/solutions/postlotse")

    assert 'Reason: No staff to run it. <span lang="de">Die Stelle blieb unbesetzt.' in page
    assert "1 body has ended it:" in page
    assert "No municipality has confirmed yet that PostLotse is live there." in page


def test_light_needs_the_word_of_the_municipality(enter: Enter, client: Client) -> None:
    solution = publish(enter)
    use_it(enter, solution, "Stadt Bestätigt", Use(Stage.LIVE, date(2025, 3, 1)))
    with enter() as session:
        city = a_city(session, "Stadt Gemeldet")
        helper = an_organization(session)
        live = Use(Stage.LIVE, date(2025, 1, 1))
        steps = [(Stage.LIVE, date(2025, 1, 1))]
        claims = [
            Claim(solution.id, city.id, steps, live),
            Claim(solution.id, helper.id, steps, live, confirmed_on=TODAY),
        ]
        adoptions.enter_many(session, OPERATOR, claims)
        session.commit()

    page = text(client, "/en/solutions/postlotse")

    assert "PostLotse is live in <b>1 municipality</b>." in page
    assert "1 other body runs it too." in page
    assert "1 use is reported by others" in page
    assert "In use in <b>1 municipality</b>" in page
    assert "Stadt Gemeldet" in page


def test_reader_learns_how_many_are_like_hers(enter: Enter, client: Client) -> None:
    solution = publish(enter)
    with enter() as session:
        for number, population in enumerate((9_000, 9_000, 70_000)):
            city = a_city(session, f"Stadt Ort{number}", population=population)
            use = Use(Stage.LIVE, date(2025, 3, 1))
            adoptions.declare(session, OPERATOR, solution, city, use, today=TODAY)
        session.commit()

    page = text(client, "/en/solutions/postlotse?like_land=05&like_size=2")

    assert "of these <b>2 like yours</b>" in page
    assert "like yours" not in text(client, "/en/solutions/postlotse")
    assert "like_land=05&amp;like_size=2" in page


def test_many_uses_fold_into_states(enter: Enter, client: Client) -> None:
    solution = publish(enter)
    _adopt_many(enter, solution, 51)

    page = text(client, "/en/solutions/postlotse")

    assert "<summary>North Rhine-Westphalia (51)</summary>" in page


@pytest.mark.parametrize(
    ("expression", "sentence", "stamp"),
    [
        ("EUPL-1.2", "You may use, change and pass on PostLotse freely.", "Licence read"),
        ("CC-BY-NC-4.0", "but with limits", "Licence read"),
        ("LicenseRef-proprietary", "You need a contract to use PostLotse.", "Licence read"),
        ("Hauslizenz 3", "It is not known", "Licence open"),
        ("", "It is not known", "Licence open"),
    ],
)
def test_license_is_said_in_a_sentence(
    enter: Enter, client: Client, expression: str, sentence: str, stamp: str
) -> None:
    publish(enter, licenses=Licenses(code=expression))

    page = text(client, "/en/solutions/postlotse")

    assert sentence in page
    assert stamp in page


def test_report_is_never_called_a_measurement(enter: Enter, client: Client) -> None:
    publish(enter, benefits={"de": "Spart viel Zeit."})

    page = text(client, "/en/solutions/postlotse")

    assert "Self-reported" in page
    assert "Impact open" in page
    assert "Impact measured" not in page


def test_relation_never_leads_to_itself(enter: Enter, client: Client) -> None:
    base = publish(enter, "Grundlage")
    with enter() as session:
        solution = a_solution(session, "PostLotse")
        record = a_record(
            "PostLotse",
            relations=[
                Relation("based_on", f"https://node.example/id/solution/{base.id}"),
                Relation("similar", f"https://node.example/id/solution/{solution.id}"),
                Relation("similar", "javascript:alert(1)"),
            ],
        )
        solutions.revise(session, OPERATOR, solution, record)
        session.commit()

    page = text(client, "/en/solutions/postlotse")
    relations = page[page.index('id="relations"') : page.index('id="missing"')]

    assert 'href="/en/solutions/grundlage"' in relations
    assert "/en/solutions/postlotse" not in relations
    assert 'href="javascript:' not in page


def test_hostile_texts_stay_texts(enter: Enter, client: Client) -> None:
    publish(
        enter,
        "Böse " + HOSTILE,
        summary={"de": HOSTILE},
        problem={"de": HOSTILE},
        data=DataBasis(inputs={"de": HOSTILE}),
        licenses=Licenses(code=HOSTILE),
        contact=Contact(office=HOSTILE, email=f"{HOSTILE}@x.example"),
        keywords=[HOSTILE],
        alternative_to=[HOSTILE],
        withheld={"limits": Withheld("other", {"de": HOSTILE})},
        raw={"phase": HOSTILE},
    )

    for address in (
        "/de/loesungen/boese-script-alert-1-script",
        "/en/solutions/boese-script-alert-1-script",
    ):
        page = text(client, address)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in text(
        client, "/de/loesungen/boese-script-alert-1-script/kurzblatt"
    )


def test_draft_is_not_shown(enter: Enter, client: Client) -> None:
    with enter() as session:
        solutions.draft(session, OPERATOR, a_city(session), a_record("Geheim"))
        solution = a_solution(session, "PostLotse", publisher=a_city(session, "Stadt Zwei"))
        solution.draft = SolutionRecord(name={"de": "PostLotse"}, limits={"de": "Entwurfswort"})
        session.commit()

    assert client.get("/de/loesungen/geheim").status_code == 404
    assert client.get("/de/loesungen/geheim/kurzblatt").status_code == 404
    assert "Entwurfswort" not in text(client, "/en/solutions/postlotse")


def test_withdrawn_solution_tells_its_reason(enter: Enter, client: Client) -> None:
    with enter() as session:
        solution = a_solution(session)
        after = a_solution(session, "Nachfolge", publisher=a_city(session, "Stadt Zwei"))
        solutions.withdraw(session, OPERATOR, solution, reason="Zwei Einträge.", successor=after)
        session.commit()

    answer = client.get("/de/loesungen/postlotse")

    assert answer.status_code == 410
    assert "Zwei Einträge." in answer.text
    assert "/de/loesungen/nachfolge" in answer.text


def test_old_slug_leads_on_and_keeps_the_question(enter: Enter, client: Client) -> None:
    solution = publish(enter)
    with enter() as session:
        session.merge(solution).slug = "postlotse-neu"
        session.commit()

    answer = client.get("/de/loesungen/postlotse?like_land=05")
    sheet = client.get("/en/solutions/postlotse/sheet")

    assert answer.status_code == 301
    assert answer.headers["location"] == "/de/loesungen/postlotse-neu?like_land=05"
    assert sheet.headers["location"] == "/en/solutions/postlotse-neu/sheet"


def test_stale_entry_warns(enter: Enter, client: Client) -> None:
    publish(enter, confirmed_on=date(2025, 9, 1))

    assert "Last confirmed on September 1, 2025, more than a year ago." in text(
        client, "/en/solutions/postlotse"
    )


def test_releases_and_changes_are_listed(enter: Enter, client: Client) -> None:
    with enter() as session:
        solution = a_solution(session)
        releases.publish(
            session, OPERATOR, solution, version="2.3", released_on=date(2026, 9, 1),
            notes={"de": "Drei neue Ziele"},
        )  # fmt: skip
        solutions.revise(session, OPERATOR, solution, a_record("PostLotse", keywords=["Post"]))
        session.commit()

    page = text(client, "/en/solutions/postlotse")

    assert "<b>2.3</b>" in page
    assert "Drei neue Ziele" in page
    assert "Entry changed, version 2" in page


def test_sheet_carries_version_date_and_permanent_link(enter: Enter, client: Client) -> None:
    solution = publish(enter, confirmed_on=date(2026, 11, 3))
    use_it(enter, solution, "Stadt Tannenmoor", Use(Stage.LIVE, date(2026, 10, 1)))

    page = text(client, "/en/solutions/postlotse/sheet")

    assert "Sheet, as of November 23, 2026" in page
    assert "Version 1" in page
    assert f"https://node.example/id/solution/{solution.id}" in page
    assert "<b>Stadt Tannenmoor</b> (9,000 people, since October 2026)" in page
    assert 'class="lm-chart lm-qr"' in page


def test_permanent_link_leads_to_the_page_in_the_readers_language(
    enter: Enter, client: Client
) -> None:
    solution = publish(enter)
    use = use_it(enter, solution, "Stadt Tannenmoor", Use(Stage.LIVE, date(2026, 10, 1)))

    answer = client.get(f"/id/solution/{solution.id}", headers={"accept-language": "en"})

    assert answer.status_code == 303
    assert answer.headers["location"] == "/en/solutions/postlotse"
    assert answer.headers["vary"].lower().find("accept-language") >= 0
    german = client.get(f"/id/adoption/{use.id}", headers={"accept-language": "de"})
    assert german.headers["location"] == "/de/loesungen/postlotse#use"
    assert client.get("/id/person/0193a4c0-0000-7000-8000-000000000000").status_code == 404
    assert client.get("/id/solution/nonsense").status_code == 404


def test_permanent_link_of_a_draft_is_not_known(enter: Enter, client: Client) -> None:
    with enter() as session:
        solution = solutions.draft(session, OPERATOR, a_city(session), a_record("Geheim"))
        session.commit()

    assert client.get(f"/id/solution/{solution.id}").status_code == 404


@pytest.mark.parametrize(
    "address", ["/de/loesungen/postlotse", "/de/loesungen/postlotse/kurzblatt"]
)
def test_page_asks_the_database_a_fixed_number_of_times(
    enter: Enter, client: Client, statements: Statements, address: str
) -> None:
    solution = publish(enter)
    _adopt_many(enter, solution, 2)
    with statements() as few:
        text(client, address)
    _adopt_many(enter, solution, 60)
    with statements() as many:
        text(client, address)

    assert len(many) == len(few) <= 12


def _adopt_many(enter: Enter, solution: solutions.Solution, count: int) -> None:
    with enter() as session:
        use = Use(Stage.LIVE, date(2025, 1, 1))
        steps = [(Stage.PILOT, date(2024, 6, 1)), (Stage.LIVE, date(2025, 1, 1))]
        claims = [
            Claim(solution.id, a_city(session, f"Stadt Ort{i}").id, steps, use, confirmed_on=TODAY)
            for i in range(count)
        ]
        adoptions.enter_many(session, OPERATOR, claims)
        session.commit()


def test_description_leads_where_nobody_wrote_a_purpose(enter: Enter, client: Client) -> None:
    publish(enter, description={"nl": "Dit algoritme telt bomen in de stad. Meer niet."})

    page = text(client, "/en/solutions/postlotse")
    lead = page[page.index('class="lm-lead"') : page.index('class="lm-stamps"')]

    assert '<span lang="nl">Dit algoritme telt bomen in de stad.</span>' in lead
    assert "What it is for, in one sentence" in page[page.index('id="missing"') :]
