"""Organizations: who gets in, who is verified, what an attacker tries, what a merger moves."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from catalog import (
    adoptions,
    changes,
    deputies,
    invitations,
    join_requests,
    memberships,
    mergers,
    municipalities,
    organization_requests,
    organizations,
    people,
    solutions,
    verifications,
    watching,
)
from catalog.adoptions import Stage, Use
from catalog.database import new_id, now
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.organization_requests import Wanted
from catalog.organizations import Organization
from catalog.permissions import Actor, Role, Scope
from catalog.watching import Watchable
from marketplace.accounts import api_keys
from tests.factories import OPERATOR, a_city, a_record, a_solution, an_organization

TODAY = date(2026, 11, 23)
MODERATOR = Actor("Moderation", is_moderator=True)


def a_person(session: Session, email: str = "") -> Actor:
    address = email or f"p{new_id()}@test.example"
    person = people.enter(session, OPERATOR, email=address, name="Toni Test")
    return Actor(person.name, person.id)


def a_member(session: Session, city: Organization, role: Role, email: str = "") -> Actor:
    actor = a_person(session, email)
    assert actor.person_id
    memberships.join(session, OPERATOR, people.by_id(session, actor.person_id), city, role)
    return Actor(actor.name, actor.person_id, {city.id: role})


def membership_of(session: Session, actor: Actor, city: Organization) -> memberships.Membership:
    assert actor.person_id
    found = memberships.of(session, city.id, actor.person_id)
    assert found
    return memberships.by_id(session, OPERATOR, found.id)


def test_the_last_lead_neither_leaves_nor_steps_down_nor_is_removed(session: Session) -> None:
    city = a_city(session)
    lead = a_member(session, city, Role.LEAD)
    own = membership_of(session, lead, city)

    for attempt in (
        lambda: memberships.leave(session, lead, city),
        lambda: memberships.change_role(session, lead, own, Role.EDITOR),
        lambda: memberships.remove(session, lead, own),
        lambda: memberships.join(session, lead, own.person, city, Role.READER),
    ):
        with pytest.raises(Conflict, match="last lead"):
            attempt()

    a_member(session, city, Role.LEAD)
    memberships.leave(session, lead, city)
    assert memberships.count(session, city.id) == 1


def test_an_invitation_is_for_one_address_and_one_time(session: Session) -> None:
    city = a_city(session)
    lead = a_member(session, city, Role.LEAD)
    invited, other = a_person(session, "kim@stadt.example"), a_person(session)
    invitation, token = invitations.invite(
        session, lead, city, email="Kim@Stadt.example", role=Role.EDITOR
    )
    assert token not in (invitation.token_hash, invitation.email)
    assert invitations.by_token(session, token).id == invitation.id

    with pytest.raises(NotAllowed, match="another address"):
        invitations.accept(session, other, invitation)
    invitations.accept(session, invited, invitation)
    assert membership_of(session, invited, city).role == Role.EDITOR

    with pytest.raises(NotFound):
        invitations.by_token(session, token)
    with pytest.raises(Conflict):
        invitations.accept(session, invited, invitation)


def test_an_expired_or_revoked_invitation_opens_nothing(session: Session) -> None:
    city = a_city(session)
    lead, invited = a_member(session, city, Role.LEAD), a_person(session, "kim@stadt.example")
    invitation, token = invitations.invite(
        session, lead, city, email="kim@stadt.example", role=Role.LEAD
    )
    invitation.expires_at = now() - timedelta(seconds=1)
    session.flush()
    with pytest.raises(NotFound):
        invitations.by_token(session, token)
    with pytest.raises(Conflict):
        invitations.accept(session, invited, invitation)

    renewed = invitations.renew(session, lead, invitation)
    with pytest.raises(NotFound):
        invitations.by_token(session, token)
    assert invitations.by_token(session, renewed).is_open

    invitations.revoke(session, lead, invitation)
    with pytest.raises(NotFound):
        invitations.by_token(session, renewed)
    with pytest.raises(Conflict):
        invitations.accept(session, invited, invitation)


def test_an_editor_cannot_invite_a_lead_nor_make_itself_one(session: Session) -> None:
    city = a_city(session)
    a_member(session, city, Role.LEAD)
    editor = a_member(session, city, Role.EDITOR)

    with pytest.raises(NotAllowed):
        invitations.invite(session, editor, city, email="kim@stadt.example", role=Role.LEAD)
    with pytest.raises(NotAllowed):
        memberships.change_role(session, editor, membership_of(session, editor, city), Role.LEAD)


def test_a_lead_reaches_nothing_of_another_organization(session: Session) -> None:
    own, other = a_city(session, "Stadt Eigen"), a_city(session, "Stadt Fremd")
    lead = a_member(session, own, Role.LEAD)
    their_lead = a_member(session, other, Role.LEAD)
    member = a_member(session, other, Role.READER)
    invitation, _ = invitations.invite(
        session, their_lead, other, email="kim@stadt.example", role=Role.READER
    )
    request = join_requests.ask(session, a_person(session), other)
    key, _ = api_keys.create(
        session, their_lead, other, name="Skript", scopes=["read"],
        expires_on=TODAY + timedelta(30), today=TODAY,
    )  # fmt: skip
    deputy = deputies.name(
        session, their_lead, other, member.person_id or new_id(),
        begins_on=TODAY, ends_on=TODAY, today=TODAY,
    )  # fmt: skip

    for find, thing in (
        (memberships.by_id, membership_of(session, member, other).id),
        (invitations.by_id, invitation.id),
        (join_requests.by_id, request.id),
        (deputies.by_id, deputy.id),
        (api_keys.by_id, key.id),
    ):
        with pytest.raises(NotFound):
            find(session, lead, thing)


def test_a_request_to_join_is_decided_by_a_lead_with_a_hint_of_the_domain(
    session: Session,
) -> None:
    city = a_city(session)
    organizations.set_mail_domains(session, MODERATOR, city, ["@Stadt.example"])
    lead = a_member(session, city, Role.LEAD)
    near, far = a_person(session, "a@amt.stadt.example"), a_person(session, "a@evilstadt.example")
    for actor in (near, far):
        join_requests.ask(session, actor, city)
        with pytest.raises(Conflict, match="already"):
            join_requests.ask(session, actor, city)

    first, second = join_requests.of_organization(session, lead, city)
    assert (first.is_from_domain, second.is_from_domain) == (True, False)
    join_requests.approve(session, lead, first, Role.CONTRIBUTOR)
    with pytest.raises(Invalid):
        join_requests.refuse(session, lead, second, reason=" ")
    join_requests.refuse(session, lead, second, reason="Wir kennen Sie nicht.")

    assert membership_of(session, near, city).role == Role.CONTRIBUTOR
    assert join_requests.of_person(session, far)[0].reason == "Wir kennen Sie nicht."
    with pytest.raises(Conflict):
        join_requests.approve(session, lead, second, Role.LEAD)


def test_a_deputy_leads_on_its_days_only_and_only_while_the_lead_is_one(session: Session) -> None:
    city = a_city(session)
    lead = a_member(session, city, Role.LEAD)
    editor = a_member(session, city, Role.EDITOR)
    assert editor.person_id
    begins, ends = TODAY + timedelta(1), TODAY + timedelta(3)
    deputies.name(
        session, lead, city, editor.person_id, begins_on=begins, ends_on=ends, today=TODAY
    )

    def role(day: date) -> str:
        assert editor.person_id
        return deputies.roles_of(session, editor.person_id, today=day)[city.id]

    days = [TODAY + timedelta(number) for number in range(5)]
    assert [role(day) for day in days] == ["editor", "lead", "lead", "lead", "editor"]
    acting = Actor(editor.name, editor.person_id, {city.id: Role.LEAD})
    with pytest.raises(NotAllowed):
        deputies.name(
            session, acting, city, editor.person_id, begins_on=begins, ends_on=ends, today=TODAY
        )

    a_member(session, city, Role.LEAD)
    memberships.leave(session, lead, city)
    assert role(begins) == "editor"


def test_an_organization_is_asked_for_and_becomes_active_or_is_refused(session: Session) -> None:
    asking = a_person(session, "kim@verein.example")
    wanted = Wanted("Verein für offene Daten", "association", mail_domain="verein.example")
    request = organization_requests.ask(session, asking, wanted)
    assert organizations.named_like(session, "offene Daten") == []

    request = organization_requests.by_id(session, MODERATOR, request.id)
    assert request.is_from_domain
    body = organization_requests.accept(session, MODERATOR, request)

    assert body.mail_domains == ["verein.example"]
    assert body.verified_on is None
    assert membership_of(session, asking, body).role == Role.LEAD
    with pytest.raises(Conflict):
        organization_requests.accept(session, MODERATOR, request)
    with pytest.raises(Conflict, match="of this name"):
        organization_requests.ask(session, a_person(session), wanted)


def test_only_an_organization_without_members_can_be_claimed(session: Session) -> None:
    city = a_city(session)
    first, second = a_person(session), a_person(session)
    requests = [organization_requests.claim(session, each, city) for each in (first, second)]
    organization_requests.accept(
        session, MODERATOR, organization_requests.by_id(session, MODERATOR, requests[0].id)
    )

    late = organization_requests.by_id(session, MODERATOR, requests[1].id)
    with pytest.raises(Conflict, match="has members"):
        organization_requests.accept(session, MODERATOR, late)
    with pytest.raises(Conflict, match="has members"):
        organization_requests.claim(session, a_person(session), city)
    with pytest.raises(NotFound):
        organization_requests.by_id(session, second, requests[0].id)


def test_a_lead_cannot_verify_itself_with_a_domain_of_its_own_choice(session: Session) -> None:
    city = a_city(session)
    lead = a_member(session, city, Role.LEAD, "kim@gmail.com")
    with pytest.raises(NotAllowed):
        organizations.set_mail_domains(session, lead, city, ["gmail.com"])
    with pytest.raises(Invalid, match="Anybody"):
        organizations.set_mail_domains(session, MODERATOR, city, ["gmail.com"])
    with pytest.raises(Conflict, match="five working days"):
        verifications.verify_by_domain(session, lead, city)


def test_a_verification_tells_how_and_can_be_taken_back_with_its_reason(session: Session) -> None:
    city, other = a_city(session, "Stadt Eins"), a_city(session, "Stadt Zwei")
    organizations.set_mail_domains(session, MODERATOR, city, ["eins.example"])
    lead = a_member(session, city, Role.LEAD, "kim@eins.example")
    by_domain = verifications.verify_by_domain(session, lead, city)
    assert (by_domain.method, by_domain.domain) == ("mail_domain", "eins.example")
    with pytest.raises(Conflict, match="in this way"):
        verifications.verify_by_domain(session, lead, city)

    vouched = verifications.vouch(session, lead, other, city, note="Nachbarstadt")
    assert other.verified_on == vouched.at
    with pytest.raises(Invalid):
        verifications.vouch(session, lead, city, city, note="wir")
    verifications.withdraw(session, lead, vouched, reason="Verwechslung")
    assert other.verified_on is None
    assert verifications.of_organization(session, other)[0].withdrawn_reason == "Verwechslung"

    by_hand = verifications.verify_by_hand(session, MODERATOR, city, note="Schreiben")
    verifications.withdraw(session, MODERATOR, by_hand, reason="Irrtum")
    assert city.verified_on == by_domain.at
    with pytest.raises(NotAllowed):
        verifications.withdraw(session, lead, by_domain, reason="so")


def test_a_profile_is_saved_only_over_what_its_writer_saw(session: Session) -> None:
    city = a_city(session)
    lead = a_member(session, city, Role.LEAD)
    profile = organizations.Profile(
        {"de": "Wir."}, "https://stadt.example", "post@stadt.example", "Amt 10",
        publishes_at_once=False,
    )  # fmt: skip
    organizations.describe(session, lead, city, profile, revision=1)
    assert (city.revision, city.publishes_at_once, city.answering_unit) == (2, False, "Amt 10")
    with pytest.raises(Conflict, match="meanwhile"):
        organizations.describe(session, lead, city, profile, revision=1)
    wrong = organizations.Profile({"xx": "?"}, "javascript:1", "nix", "", publishes_at_once=True)
    with pytest.raises(Invalid) as refused:
        organizations.describe(session, lead, city, wrong, revision=2)
    assert {each.field for each in refused.value.problems} == {"about", "website", "email"}


def test_a_new_name_keeps_the_old_address(session: Session) -> None:
    city = a_city(session, "Stadt Alt")
    organizations.rename(session, MODERATOR, city, "Stadt Neu")

    assert city.slug == "stadt-neu"
    assert organizations.by_slug(session, "stadt-alt").id == city.id


def test_a_merger_moves_everything_and_the_old_addresses_lead_on(session: Session) -> None:
    ending, heir = a_city(session, "Stadt Klein"), a_city(session, "Stadt Gross")
    both = a_member(session, heir, Role.READER)
    assert both.person_id
    memberships.join(session, OPERATOR, people.by_id(session, both.person_id), ending, Role.LEAD)
    mover = a_member(session, ending, Role.EDITOR)
    own = a_solution(session, "Eigenes", publisher=ending)
    shared = a_solution(session, "Beides", publisher=an_organization(session))
    use, plan = Use(Stage.LIVE, date(2026, 3, 1)), Use(Stage.PLANNED, date(2026, 3, 1))
    live = adoptions.declare(session, OPERATOR, shared, ending, use, today=TODAY)
    adoptions.declare(session, OPERATOR, shared, heir, plan, today=TODAY)
    watching.watch(session, mover, Watchable.ORGANIZATION, ending.id)
    invitations.invite(session, OPERATOR, ending, email="neu@test.example", role=Role.READER)
    key, secret = api_keys.create(
        session, OPERATOR, ending, name="Skript", scopes=["draft"],
        expires_on=TODAY + timedelta(30), today=TODAY,
    )  # fmt: skip
    ars = ending.municipality.ars if ending.municipality else ""
    ended_id, slug, solution_id, live_id = ending.id, ending.slug, own.id, live.id

    seen = mergers.preview(session, MODERATOR, ending, heir)
    assert (seen.members, seen.common_members, seen.solutions, seen.invitations) == (1, 1, 1, 1)
    assert (seen.adoptions, len(seen.common_adoptions), seen.keys_move) == (0, 1, True)
    mergers.merge(session, MODERATOR, ending, heir, on=TODAY)

    heir_id = organizations.by_slug(session, slug).id
    assert heir_id == heir.id == organizations.by_id(session, ended_id).id
    assert membership_of(session, both, heir).role == Role.LEAD
    assert membership_of(session, mover, heir).role == Role.EDITOR
    assert solutions.by_id(session, solution_id).publisher_id == heir_id
    assert [(a.id, a.stage) for a in adoptions.of_organizations(session, [heir_id])] == [
        (live_id, "live")
    ]
    assert watching.of_thing(session, mover, Watchable.ORGANIZATION, heir_id)
    assert municipalities.by_ars(session, ars).id == heir.municipality_id
    assert [each.name for each in organizations.merged_into(session, heir)] == ["Stadt Klein"]
    assert api_keys.found(session, secret, today=TODAY) is None
    assert api_keys.revoke_all(session, MODERATOR, organizations.merged_into(session, heir)[0]) == 1
    assert key.organization_id == ended_id
    session.commit()
    verbs = {each.verb for each in changes.of_thing(session, "organization", ended_id)}
    assert "merged" in verbs


def test_a_merger_that_makes_no_sense_is_refused(session: Session) -> None:
    city, other = a_city(session, "Stadt Eins"), a_city(session, "Stadt Zwei")
    with pytest.raises(Invalid):
        mergers.merge(session, MODERATOR, city, city, on=TODAY)
    with pytest.raises(Invalid, match="one kind"):
        mergers.merge(session, MODERATOR, city, an_organization(session), on=TODAY)
    with pytest.raises(Invalid, match="not happened"):
        mergers.merge(session, MODERATOR, city, other, on=now().date() + timedelta(1))


@pytest.mark.parametrize(
    ("scopes", "drafts_it", "publishes", "declares"),
    [
        (("read",), False, False, False),
        (("draft",), True, False, False),
        (("adoptions",), False, False, True),
        (("draft", "publish"), True, True, False),
        (tuple(Scope), True, True, True),
    ],
)
def test_a_key_does_what_its_scopes_say_and_never_more(
    session: Session,
    scopes: tuple[str, ...],
    drafts_it: bool,
    publishes: bool,
    declares: bool,
) -> None:
    city, other = a_city(session, "Stadt Eins"), a_city(session, "Stadt Zwei")
    key, secret = api_keys.create(
        session, OPERATOR, city, name="Skript", scopes=scopes,
        expires_on=TODAY + timedelta(365), today=TODAY,
    )  # fmt: skip
    assert secret.startswith(f"{key.prefix}_")
    assert secret not in (key.secret_hash, key.prefix)
    found = api_keys.found(session, secret, today=TODAY)
    assert found
    actor = api_keys.actor_of(found)

    asked = (actor.may_draft_for, actor.may_edit_for, actor.may_speak_for)
    assert [ask(city.id) for ask in asked] == [drafts_it, publishes, declares]
    assert not any(ask(other.id) for ask in (*asked, actor.may_read_for, actor.may_appoint_for))
    with pytest.raises(NotAllowed):
        api_keys.create(
            session, actor, city, name="Kind", scopes=["read"],
            expires_on=TODAY + timedelta(1), today=TODAY,
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        invitations.invite(session, actor, city, email="kim@stadt.example", role=Role.LEAD)
    with pytest.raises(NotAllowed):
        solutions.draft(session, actor, other, a_record())


def test_a_key_ends_with_its_last_day_or_when_it_is_revoked(session: Session) -> None:
    city = a_city(session)
    last = TODAY + timedelta(10)
    key, secret = api_keys.create(
        session, OPERATOR, city, name="Skript", scopes=["read"], expires_on=last, today=TODAY
    )
    assert api_keys.found(session, secret, today=last)
    assert api_keys.found(session, secret, today=last + timedelta(1)) is None
    api_keys.revoke(session, OPERATOR, key)
    assert api_keys.found(session, secret, today=TODAY) is None
    for scopes, expires in (
        ([], last), (["all"], last), (["read"], TODAY), (["read"], TODAY + timedelta(366)),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            api_keys.create(
                session, OPERATOR, city, name="x", scopes=scopes, expires_on=expires, today=TODAY
            )
