"""Accounts: opened, set up, given a new password or address, always by a link to the mailbox.

Whoever asks is told the same, known address or not; what differs goes to the owner of the mailbox.
No secret is compared and nothing is hashed slowly on the way, so the time says nothing either. A
password is chosen by whoever holds the link, never before: nobody can prepare an account with a
password for somebody else's address.
"""

from sqlalchemy.orm import Session

from catalog import changes, email_addresses, nodes, people
from catalog.errors import Invalid, Problem
from catalog.people import Person
from catalog.permissions import Actor
from marketplace.accounts import logins, one_time_links, passwords
from marketplace.accounts.letters import Letters
from marketplace.accounts.one_time_links import OneTimeLink, Purpose
from marketplace.mail import outbox


def ask(session: Session, letters: Letters, *, name: str, email: str, language: str) -> None:
    """Somebody wants an account: the mailbox gets a link, or word that it has one already."""
    problems = []
    if not name.strip() or len(name) > 200:
        problems.append(Problem("name", "Give a name of at most 200 characters."))
    try:
        address = email_addresses.normalized(email)
    except Invalid as refusal:
        problems += refusal.problems
    if problems:
        raise Invalid("Your account needs a name and an address.", problems=problems)
    known = people.with_email(session, address)
    if known is not None:
        letter = letters.known_already(name=known.name, language=known.language)
        outbox.queue(session, to=address, letter=letter)
        return
    _send_link(session, letters, Purpose.SET_UP, email=address, name=name, language=language)


def ask_again(session: Session, letters: Letters, email: str) -> None:
    """Send the link once more to a mailbox for which an account was asked."""
    address = email_addresses.normalized(email)
    link = one_time_links.pending(session, Purpose.SET_UP, address)
    if link is not None:
        _send_link(
            session, letters, Purpose.SET_UP, email=address, name=link.name,
            language=link.language, person=_person(session, link),
        )  # fmt: skip


def forgotten(session: Session, letters: Letters, email: str) -> None:
    """Somebody wants a new password: the owner of the account gets a link."""
    person = people.with_email(session, email_addresses.normalized(email))
    if person is not None:
        _send_link(
            session, letters, Purpose.RESET, email=person.email, name=person.name,
            language=person.language, person=person,
        )  # fmt: skip


def invite(session: Session, person: Person) -> str:
    """The token of a link with which a person sets up the account that an operator has made."""
    return one_time_links.issue(
        session, Purpose.SET_UP, email=person.email, person_id=person.id, name=person.name,
        language=person.language, valid_for=one_time_links.INVITATION,
    )  # fmt: skip


def set_up(session: Session, token: str, password: str) -> Person:
    """Open the account that a link stands for, or give it its first password."""
    link = one_time_links.look(session, Purpose.SET_UP, token)
    _check(session, link, password)
    one_time_links.use(session, link)
    person = _person(session, link) or people.register(
        session, email=link.email, name=link.name, language=link.language
    )
    passwords.store(session, person, password)
    return person


def reset(session: Session, letters: Letters, token: str, password: str) -> Person:
    """Give an account a new password and end all its sign-ins.

    A second factor stays: whoever can read the mailbox cannot get past it.
    """
    link = one_time_links.look(session, Purpose.RESET, token)
    _check(session, link, password)
    one_time_links.use(session, link)
    assert link.person_id is not None  # noqa: S101 - only people get such links
    person = people.by_id(session, link.person_id)
    change_password(session, letters, person, password)
    logins.end_all(session, person.id)
    return person


def change_password(session: Session, letters: Letters, person: Person, password: str) -> None:
    """Store a new password, take back links for another one, and tell the person."""
    passwords.check(password, words=_words(session, person.name, person.email))
    passwords.store(session, person, password)
    one_time_links.void(session, Purpose.RESET, email=person.email)
    tell(session, letters, person, "password_changed")


def ask_address(session: Session, letters: Letters, person: Person, email: str) -> None:
    """Somebody wants another address: the new mailbox gets a link, its owner word if it has one."""
    address = email_addresses.normalized(email)
    if address == person.email:
        raise Invalid("This is your address already.", field="email")
    known = people.with_email(session, address)
    if known is not None:
        letter = letters.known_already(name=known.name, language=known.language)
        outbox.queue(session, to=address, letter=letter)
        return
    _send_link(
        session, letters, Purpose.ADDRESS, email=address, name=person.name,
        language=person.language, person=person,
    )  # fmt: skip


def confirm_address(session: Session, letters: Letters, token: str) -> Person:
    """Change the address of an account to the one that has been shown; the old one is told."""
    link = one_time_links.look(session, Purpose.ADDRESS, token)
    one_time_links.use(session, link)
    assert link.person_id is not None  # noqa: S101 - only people get such links
    person = people.by_id(session, link.person_id)
    tell(session, letters, person, "address_changed")
    one_time_links.void(session, Purpose.RESET, email=person.email)
    return people.change_address(session, Actor(person.name, person.id), link.email)


def tell(session: Session, letters: Letters, person: Person, what: str) -> None:
    """Note a change that matters for security, and tell the person by mail."""
    actor = Actor(person.name, person.id)
    changes.record(session, actor, what, "person", person.id, public=False)
    letter = letters.notice(what, name=person.name, language=person.language)
    outbox.queue(session, to=person.email, letter=letter)


def _send_link(
    session: Session,
    letters: Letters,
    purpose: Purpose,
    *,
    email: str,
    name: str,
    language: str,
    person: Person | None = None,
) -> None:
    token = one_time_links.issue(
        session, purpose, email=email, name=name, language=language,
        person_id=person.id if person else None,
    )  # fmt: skip
    link = one_time_links.look(session, purpose, token)
    letter = letters.with_link(purpose, token, name=name, language=language)
    outbox.queue(session, to=email, letter=letter, valid_until=link.expires_at)


def _check(session: Session, link: OneTimeLink, password: str) -> None:
    passwords.check(password, words=_words(session, link.name, link.email))


def _words(session: Session, name: str, email: str) -> list[str]:
    return passwords.words_of(name, email, nodes.own(session).name)


def _person(session: Session, link: OneTimeLink) -> Person | None:
    return people.by_id(session, link.person_id) if link.person_id is not None else None
