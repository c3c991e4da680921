"""Notices where one waits for another: whom, with which words, to which page, by mail or not."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import (
    invitations,
    join_requests,
    memberships,
    organization_requests,
    people,
    submissions,
)
from catalog.moderation.decisions import Verb
from catalog.organization_requests import Wanted
from catalog.permissions import Role
from marketplace.accounts import joining
from marketplace.accounts.letters import Letters
from marketplace.mail.outbox import OutboxMail
from marketplace.notifications import digests, following, preferences, wording
from marketplace.notifications.digests import MailRoom
from marketplace.notifications.events import Event, Rhythm, Wish
from marketplace.notifications.notices import Notice
from tests.catalog.test_submissions import a_body, decide, submitted
from tests.factories import OPERATOR, a_city, a_moderator, actor_for
from tests.marketplace.notifications.test_following import a_person, begin, told

ROOM = MailRoom("https://node.test", "", date(2026, 11, 23))
LETTERS = Letters("https://node.test", "Testknoten")


def in_words(session: Session, found: list[Notice]) -> list[tuple[str, str, str]]:
    """Name, what happened and page, each without the address of the node."""
    reader = digests._reader(session, ROOM, "de")
    return [
        (each.name, each.what, each.href.removeprefix(ROOM.base_url))
        for each in wording.told(session, reader, found)
    ]


def test_reviewers_hear_what_waits_and_the_writer_how_it_went(session: Session) -> None:
    body = a_body(session)
    writer, lead = actor_for(session, body, Role.CONTRIBUTOR), actor_for(session, body, Role.LEAD)
    reader, moderator = actor_for(session, body, Role.READER), a_moderator(session)
    begin(session)
    solution, case = submitted(session, writer, body)
    session.commit()
    decide(session, lead, case, Verb.RETURN, "Wer betreibt das?")
    session.commit()
    submissions.submit(session, writer, solution, revision=1, answer="Das IT-Haus.")
    session.commit()
    decide(session, lead, case, Verb.APPROVE)

    found = told(session)

    expected = [
        (lead.person_id, "review_waiting", "case.opened"),
        (writer.person_id, "decided", "case.returned"),
        (lead.person_id, "review_waiting", "case.resubmitted"),
        (writer.person_id, "decided", "case.approved"),
    ]
    assert [(each.person_id, each.event, each.cause) for each in found] == expected
    assert not {reader.person_id, moderator.person_id} & {each.person_id for each in found}
    page, draft = f"/de/moderation/faelle/{case.id}", f"/de/meine-loesungen/{solution.id}"
    assert in_words(session, found) == [
        ("PostLotse", "Wartet auf Ihre Entscheidung", page),
        ("PostLotse", "Mit einer Rückfrage zurückgegeben", draft),
        ("PostLotse", "Die Rückfrage ist beantwortet, der Entwurf wartet wieder", page),
        ("PostLotse", "Freigegeben und veröffentlicht", f"/id/solution/{solution.id}"),
    ]


def test_a_refusal_leads_to_the_draft_and_moderators_hear_of_their_desk(session: Session) -> None:
    body = a_body(session, verified=False)
    writer, moderator = actor_for(session, body), a_moderator(session)
    begin(session)
    solution, case = submitted(session, writer, body)
    session.commit()
    decide(session, moderator, case, Verb.REFUSE, "Das gibt es schon.")

    found = told(session)

    assert [each.person_id for each in found] == [moderator.person_id, writer.person_id]
    assert in_words(session, found)[1][1:] == (
        "Abgelehnt, die Begründung steht dort",
        f"/de/meine-loesungen/{solution.id}",
    )


def test_requests_to_join_reach_the_leads_and_the_answer_the_person(session: Session) -> None:
    city, person = a_city(session), a_person(session)
    lead = actor_for(session, city, Role.LEAD)
    quiet = actor_for(session, city, Role.LEAD)
    never = {Event.JOIN_REQUESTED: Wish(on_site=True, rhythm=Rhythm.NEVER)}
    preferences.choose(session, quiet, never)
    begin(session)
    first = joining.ask(session, LETTERS, person, city, message="Ich bin neu.")
    session.commit()
    assert session.scalar(select(func.count()).select_from(OutboxMail)) == 1
    session.expunge_all()
    request = join_requests.by_id(session, lead, first.id)
    join_requests.refuse(session, lead, request, reason="Bitte anders.")

    found = told(session)

    causes = [(each.person_id, each.cause, each.mailed_at is not None) for each in found]
    assert sorted(causes, key=str) == sorted(
        [
            (lead.person_id, "join_request.asked", True),
            (quiet.person_id, "join_request.asked", False),
            (person.person_id, "join_request.refused", True),
        ],
        key=str,
    )
    lines = in_words(session, found)
    assert lines[0][2] == f"/de/organisation/{request.organization_id}/beitrittsanfragen"
    assert lines[2] == ("Stadt Musterort", "Ihre Beitrittsanfrage wurde abgelehnt", "/de/konto")


def test_who_is_invited_and_has_an_account_sees_it_without_a_second_mail(session: Session) -> None:
    city, person = a_city(session), a_person(session)
    lead = actor_for(session, city, Role.LEAD)
    begin(session)
    address = people.by_id(session, person.person_id).email
    invitations.invite(session, lead, city, email=address, role=Role.READER)
    invitations.invite(session, lead, city, email="fremd@test.example", role=Role.READER)
    session.commit()

    assert following.follow(session) == []
    (notice,) = session.scalars(select(Notice)).all()
    assert (notice.person_id, notice.event) == (person.person_id, "membership_changed")
    assert in_words(session, [notice])[0][1:] == (
        "Sie sind eingeladen, Mitglied zu werden",
        "/de/konto",
    )


def test_leads_hear_who_accepts_and_who_declines(session: Session) -> None:
    city = a_city(session)
    lead = actor_for(session, city, Role.LEAD)
    begin(session)
    answers = []
    for answer in (invitations.accept, invitations.decline):
        person = a_person(session)
        address = people.by_id(session, person.person_id).email
        sent, _ = invitations.invite(session, lead, city, email=address, role=Role.LEAD)
        answer(session, person, sent)
        answers.append(address)
    session.commit()

    following.follow(session)
    query = select(Notice).where(Notice.person_id == lead.person_id).order_by(Notice.id)
    found = session.scalars(query).all()
    assert [each.event for each in found] == ["join_requested", "join_requested"]
    assert sorted(each[1:] for each in in_words(session, found)) == sorted(
        [
            (
                f"{answers[0]} hat Ihre Einladung angenommen",
                f"/de/organisation/{city.id}/mitglieder",
            ),
            (
                f"{answers[1]} hat Ihre Einladung abgelehnt",
                f"/de/organisation/{city.id}/einladungen",
            ),
        ]
    )


def test_a_role_that_changes_or_ends_is_told(session: Session) -> None:
    city = a_city(session)
    member = actor_for(session, city, Role.READER)
    begin(session)
    (membership,) = memberships.of_person(session, member.person_id)
    memberships.change_role(session, OPERATOR, membership, Role.EDITOR)
    memberships.remove(session, OPERATOR, membership)

    assert [each[1] for each in in_words(session, told(session))] == [
        "Sie haben hier jetzt eine andere Rolle",
        "Sie sind hier kein Mitglied mehr",
    ]


def test_a_request_for_an_organization_reaches_moderators_and_its_answer_the_person(
    session: Session,
) -> None:
    person, moderator = a_person(session), a_moderator(session)
    begin(session)
    wanted = Wanted(name="IT-Verbund Nord", kind="it_provider")
    request = organization_requests.ask(session, person, wanted, message="")
    session.commit()
    organization_requests.refuse(session, moderator, request, reason="Gibt es schon.")

    found = told(session)

    assert [each.person_id for each in found] == [moderator.person_id, person.person_id]
    assert in_words(session, found) == [
        (
            "IT-Verbund Nord",
            "Jemand beantragt eine neue Organisation",
            f"/de/moderation/organisationen/antraege/{request.id}",
        ),
        (
            "IT-Verbund Nord",
            "Ihr Antrag für eine Organisation wurde abgelehnt",
            "/de/konto",
        ),
    ]
