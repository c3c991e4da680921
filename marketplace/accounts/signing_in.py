"""Signing in: what was shown first, what is still to be shown, and the login at the end."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from catalog import people
from catalog.errors import Invalid
from catalog.people import Person
from marketplace.accounts import attempts, challenges, logins, passkeys, passwords, second_factors
from marketplace.accounts.challenges import Challenge, Kind
from marketplace.accounts.logins import Way
from marketplace.accounts.passkeys import Site
from marketplace.accounts.traces import Trace

MOST_TRIES = 10
"""Wrong codes after which the first factor must be shown anew."""


@dataclass(frozen=True)
class Progress:
    """How far somebody has come: signed in, or asked for a second factor."""

    login_token: str = ""
    step_token: str = ""


def count_attempt(session: Session, source: str, email: str = "") -> None:
    """Count an attempt of a source, and one on an account; raises ``attempts.TooSoon``."""
    attempts.count(session, "source", attempts.network(source), attempts.SOURCE)
    if email:
        attempts.count(session, "account", email.strip().lower(), attempts.ACCOUNT)


def with_password(session: Session, *, email: str, password: str, source: str) -> Person | None:
    """The person whose address and password these are; raises ``attempts.TooSoon``."""
    count_attempt(session, source, email)
    person = people.with_email(session, email)
    if not passwords.is_right(session, person, password) or person is None:
        return None
    attempts.forgive(session, "account", person.email)
    return person


def go_on(
    session: Session, person: Person, *, way: str, is_strong: bool, trace: Trace, back: str = ""
) -> Progress:
    """Sign a person in who has shown one way, or ask for the second factor that it has."""
    if not is_strong and second_factors.of_person(session, person.id).any:
        step = challenges.begin(
            session, Kind.SECOND_FACTOR, person_id=person.id, way=way, back=back, tries="0"
        )
        return Progress(step_token=step)
    token = logins.begin(session, person, way=way, is_strong=is_strong, trace=trace)
    return Progress(login_token=token)


def ask_passkey(session: Session, site: Site, step_token: str) -> tuple[str, str]:
    """What the browser has a passkey sign, and the token of the step that waits for it."""
    question, challenge = passkeys.ask(site)
    first = challenges.found(session, Kind.SECOND_FACTOR, step_token)
    if first is None:
        return question, challenges.begin(session, Kind.PASSKEY, challenge=challenge)
    first.facts = {**first.facts, "challenge": challenge}
    session.flush()
    return question, step_token


def with_passkey(
    session: Session, site: Site, *, step_token: str, answer: str, source: str
) -> Person | None:
    """The person whose passkey has signed what this browser was asked; None if nothing was.

    Raises ``Invalid`` for an answer that does not hold, ``attempts.TooSoon`` for one too many.
    """
    first = challenges.found(session, Kind.SECOND_FACTOR, step_token)
    step = first or challenges.take(session, Kind.PASSKEY, step_token)
    if step is None or "challenge" not in step.facts:
        return None
    count_attempt(session, source)
    challenge = step.facts["challenge"]
    if first is not None:
        # A question is answered once, whatever the answer is worth.
        first.facts = {name: fact for name, fact in first.facts.items() if name != "challenge"}
    key = passkeys.check(session, site, answer=answer, challenge=challenge)
    if first is not None and key.person_id != first.person_id:
        raise Invalid("This passkey belongs to another account.", field="passkey")
    if first is not None:
        session.delete(first)
    attempts.forgive(session, "code", str(key.person_id))
    return key.person


def with_code(session: Session, challenge: Challenge, code: str, *, trace: Trace) -> str:
    """The token of the login if the code is right, else nothing; raises ``attempts.TooSoon``.

    After ``MOST_TRIES`` wrong codes the challenge has ended.
    """
    assert challenge.person_id is not None  # noqa: S101 - a second factor is somebody's
    person = people.by_id(session, challenge.person_id)
    attempts.count(session, "code", str(person.id), attempts.ACCOUNT)
    if second_factors.check_code(session, person.id, code):
        attempts.forgive(session, "code", str(person.id))
        session.delete(challenge)
        way = challenge.facts.get("way", Way.PASSWORD)
        return logins.begin(session, person, way=way, is_strong=True, trace=trace)
    tries = int(challenge.facts["tries"]) + 1
    if tries >= MOST_TRIES:
        session.delete(challenge)
    else:
        challenge.facts = {**challenge.facts, "tries": str(tries)}
    session.flush()
    return ""
