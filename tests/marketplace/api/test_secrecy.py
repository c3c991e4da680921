"""What is not public appears in no answer of the API, whatever is asked and by whom."""

from catalog import adoptions, drafts, solutions
from catalog.adoptions import Stage, Use
from catalog.database import new_id
from marketplace.api.openapi import IN_PATH, OPERATIONS
from marketplace.api.operations import BASE
from tests.factories import OPERATOR, a_city, a_record, a_solution
from tests.marketplace.api.conftest import TODAY

MARKER = "Geheimnisvoll"


def test_a_draft_appears_in_no_answer_for_others(searching_api):
    api = searching_api
    with api.enter() as session:
        city, other = a_city(session), a_city(session, "Stadt Anderort")
        secret = a_record(MARKER, summary={"de": MARKER}, website=f"https://{MARKER}.example")
        never_public = drafts.begin(session, OPERATOR, city, secret, id=new_id())
        public = a_solution(session, publisher=city)
        drafts.revise(session, OPERATOR, public)
        drafts.save(
            session, OPERATOR, public, secret, fields=["name", "summary"],
            revision=public.draft_revision,
        )  # fmt: skip
        use = adoptions.declare(
            session, OPERATOR, public, city, Use(Stage.LIVE, TODAY), today=TODAY
        )
    api.index()
    stranger = api.sign_in(other)
    answers = []
    for operation in OPERATIONS:
        if operation.method != "GET":
            continue
        for solution in (public.id, public.slug, never_public.id, never_public.slug):
            examples = {name: example for name, (_, example) in IN_PATH.items()}
            own = {
                "solution": solution, "adoption": use.id, "organization": city.slug, "number": 1,
                "municipality": city.municipality.ars,
            }  # fmt: skip
            path = operation.path.format_map(examples | own)
            for query in ("", f"?q={MARKER}", f"?q={MARKER.lower()[:6]}"):
                for headers in ({}, {"Cookie": f"login={stranger}"}):
                    answers.append(api.http.get(f"{BASE}{path}{query}", headers=headers))

    assert {answer.status_code for answer in answers} == {200, 400, 401, 403, 404}
    told = [a.url for a in answers if MARKER.lower() in a.text.lower().replace(_asked(a), "")]
    assert told == []
    assert str(never_public.id) not in " ".join(a.text for a in answers)


def _asked(answer) -> str:
    """What a refusal repeats of the address, which is no news to who asked."""
    return "“geheimnisvoll”" if answer.status_code in (400, 404) else "\0"


def test_a_draft_is_kept_by_no_cache(api):
    with api.enter() as session:
        city = a_city(session)
        draft = drafts.begin(session, OPERATOR, city, a_record(MARKER), id=new_id())
    token = api.sign_in(city)

    answer = api.http.get(
        f"/api/v1/solutions/{draft.id}/draft", headers={"Cookie": f"login={token}"}
    )

    assert MARKER in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert api.get(f"/solutions/{draft.id}/draft").status_code == 401


def test_what_was_withdrawn_is_in_no_list(searching_api):
    api = searching_api
    with api.enter() as session:
        city = a_city(session)
        solution = a_solution(session, MARKER, publisher=city)
        adoptions.declare(session, OPERATOR, solution, city, Use(Stage.LIVE, TODAY), today=TODAY)
        solutions.withdraw(session, OPERATOR, solution, reason="Ersetzt.")
    api.index()

    for path in ("/solutions", "/adoptions", f"/search?q={MARKER}", f"/suggestions?q={MARKER[:5]}"):
        assert MARKER not in api.get(path).text
