"""Accounts over HTTP: opened, signed in, protected, and what attackers try."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import memberships, people
from catalog.database import now
from catalog.permissions import Role
from marketplace.accounts import attempts, logins, passwords
from marketplace.accounts.logins import Login
from marketplace.accounts.one_time_links import OneTimeLink
from marketplace.mail import outbox
from marketplace.settings import Settings
from tests import serving
from tests.factories import OPERATOR, a_city, a_solution
from tests.marketplace.pages.conftest import TODAY

Client = TestClient[Litestar]
Enter = Callable[[], Session]

PASSWORD = "regen tisch wolke pferd"
ADDRESS = "anna@stadt.example"


@pytest.fixture
def client(client: Client) -> Client:
    """A browser: it says from which page a form comes."""
    client.headers["Origin"] = "https://node.example"
    return client


def mails(enter: Enter, to: str = "") -> list[outbox.OutboxMail]:
    """The mails that wait, oldest first."""
    with enter() as session:
        found = reversed(outbox.newest(session))
        return [mail for mail in found if to in ("", mail.recipient)]


def link_in(mail: outbox.OutboxMail) -> str:
    found = re.search(r"https://node\.example(/\S+)", mail.text)
    assert found
    return found[1]


@pytest.fixture
def anna(enter: Enter) -> str:
    """The address of somebody with an account and a password."""
    with enter() as session:
        person = people.enter(session, OPERATOR, email=ADDRESS, name="Anna")
        passwords.store(session, person, PASSWORD)
        session.commit()
    return ADDRESS


def sign_in(client: Client, password: str = PASSWORD, **fields: str) -> Response:
    data = {"email": ADDRESS, "password": password, **fields}
    return client.post("/de/anmelden", data=data)


def with_code_app(client: Client) -> tuple[pyotp.TOTP, list[str]]:
    """Set up a code app for who is signed in; the app and the recovery codes."""
    page = client.get("/de/konto/sicherheit/code-app").text
    secret = re.search(r'lm-code">([A-Z2-7 ]+)<', page)
    assert secret
    totp = pyotp.TOTP(secret[1].replace(" ", ""))
    shown = client.post("/de/konto/sicherheit/code-app", data={"code": totp.now()})
    assert shown.status_code == 200
    return totp, re.findall(r'lm-code">([a-z2-7-]{19})<', shown.text)


def test_an_account_is_opened_by_a_link_that_works_once(client: Client, enter: Enter) -> None:
    asked = client.post(
        "/de/registrieren", data={"name": "Anna Muster", "email": "Anna@Stadt.example"}
    )
    assert asked.status_code == 200
    [mail] = mails(enter)
    path = link_in(mail)
    assert client.get(path).status_code == client.get(path).status_code == 200, (
        "looking uses nothing"
    )

    weak = client.post(path, data={"password": "kurz"})
    assert weak.status_code == 422
    assert "mindestens 15 Zeichen" in weak.text
    done = client.post(path, data={"password": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/de/konto")
    assert "anna@stadt.example" in client.get("/de/konto").text

    again = client.post(path, data={"password": "ganz andere vier worte"})
    assert again.status_code == 410
    with enter() as session:
        person = people.by_email(session, ADDRESS)
        assert passwords.is_right(session, person, PASSWORD)


@pytest.mark.usefixtures("anna")
def test_a_password_signs_in_and_leads_back(client: Client) -> None:
    answer = sign_in(client, back="/de/daten")

    assert (answer.status_code, answer.headers["location"]) == (303, "/de/daten")
    assert "Anna" in client.get("/de").text
    assert client.post("/de/abmelden").headers["location"] == "/de"
    assert client.get("/de/konto/sicherheit").status_code == 303


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\tevil"],
)
@pytest.mark.usefixtures("anna")
def test_no_address_of_another_host_is_led_to(client: Client, back: str) -> None:
    assert "evil" not in client.get("/de/anmelden", params={"back": back}).text.split("<main")[1]
    assert sign_in(client, back=back).headers["location"] == "/de"
    confirm = client.get("/de/konto/bestaetigen", params={"back": back})
    assert confirm.headers["location"] == "/de/konto/sicherheit"


@pytest.mark.usefixtures("anna")
def test_a_login_that_somebody_planted_is_never_taken_over(client: Client) -> None:
    data = {"email": ADDRESS, "password": PASSWORD}
    planted = {"Cookie": "login=planted-by-an-attacker; sign-in-step=planted-too"}
    client.post("/de/anmelden", data=data, headers=planted)
    first = client.cookies["login"]
    assert "planted" not in first

    sign_in(client)
    assert client.cookies["login"] != first
    client.cookies.clear()
    stale = client.get("/de/konto/sicherheit", headers={"Cookie": f"login={first}"})
    assert stale.status_code == 303, "the login before has ended"


@pytest.mark.parametrize(
    "path", ["/de/registrieren", "/de/registrieren/noch-einmal", "/de/passwort-vergessen"]
)
@pytest.mark.usefixtures("anna")
def test_the_answer_tells_not_whether_an_address_has_an_account(client: Client, path: str) -> None:
    texts = []
    for email in (ADDRESS, "bert@stadt.example"):
        answer = client.post(path, data={"name": "Wer auch immer", "email": email})
        assert answer.status_code == 200
        texts.append(answer.text.replace(email, "…"))

    assert texts[0] == texts[1]


@pytest.mark.usefixtures("anna")
def test_wrong_passwords_and_unknown_addresses_read_the_same(client: Client) -> None:
    texts = []
    for email in (ADDRESS, "bert@stadt.example"):
        answer = client.post("/de/anmelden", data={"email": email, "password": "falsch"})
        assert answer.status_code == 422
        assert "set-cookie" not in answer.headers
        texts.append(answer.text.replace(email, "…"))

    assert texts[0] == texts[1]


def test_the_owner_of_a_known_address_is_told_instead(
    client: Client, anna: str, enter: Enter
) -> None:
    client.post("/de/registrieren", data={"name": "Nicht Anna", "email": anna})

    [mail] = mails(enter)
    assert mail.recipient == anna
    assert "Sie haben schon" in mail.subject
    assert "/konto/einrichten/" not in mail.text


@pytest.mark.usefixtures("anna")
def test_who_tries_often_waits_and_the_right_password_waits_too(client: Client) -> None:
    answers = [sign_in(client, "falsch").status_code for _ in range(attempts.ACCOUNT.free + 1)]
    assert answers == [422] * attempts.ACCOUNT.free + [429]

    refused = sign_in(client)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert "Zu viele Versuche" in refused.text


def test_mails_to_one_address_are_slowed_down(client: Client, anna: str, enter: Enter) -> None:
    codes = [
        client.post("/de/passwort-vergessen", data={"email": anna}).status_code
        for _ in range(attempts.MAILS.free + 1)
    ]

    assert codes[-1] == 429
    assert len(mails(enter)) == attempts.MAILS.free


def test_a_reset_link_works_once_ends_all_sign_ins_and_tells_the_owner(
    client: Client, anna: str, enter: Enter
) -> None:
    sign_in(client)
    token = client.cookies["login"]
    client.post("/de/passwort-vergessen", data={"email": anna})
    path = link_in(mails(enter)[-1])
    new = "vier neue worte hier"
    assert (
        client.post(path, data={"password": new}).headers["location"]
        == "/de/anmelden?done=password"
    )

    stale = client.get("/de/konto/sicherheit", headers={"Cookie": f"login={token}"})
    assert stale.status_code == 303
    assert client.post(path, data={"password": PASSWORD}).status_code == 410
    assert sign_in(client).status_code == 422
    assert sign_in(client, new).status_code == 303
    assert "geändert" in mails(enter)[-1].text


def test_a_newer_link_voids_the_older_and_an_old_one_ends(
    client: Client, anna: str, enter: Enter
) -> None:
    for _ in range(2):
        client.post("/de/passwort-vergessen", data={"email": anna})
    first, second = (link_in(mail) for mail in mails(enter))
    assert client.get(first).status_code == 404

    with enter() as session:
        for link in session.query(OneTimeLink):
            link.expires_at = now() - timedelta(seconds=1)
        session.commit()
    assert client.get(second).status_code == 410
    assert client.post(second, data={"password": PASSWORD}).status_code == 410


def test_pages_with_links_and_secrets_are_kept_by_nobody(
    client: Client, anna: str, enter: Enter
) -> None:
    client.post("/de/passwort-vergessen", data={"email": anna})
    for path in (link_in(mails(enter)[0]), "/de/anmelden", "/de/registrieren"):
        answer = client.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert 'content="noindex"' in answer.text


@pytest.mark.usefixtures("anna")
def test_a_code_app_is_asked_for_from_then_on(client: Client) -> None:
    sign_in(client)
    before = client.cookies["login"]
    totp, codes = with_code_app(client)
    assert client.cookies["login"] != before, "the login's rights have changed"
    assert len(codes) == 10
    client.cookies.clear()

    step = sign_in(client, back="/de/daten")
    assert step.headers["location"] == "/de/anmelden/zweiter-schritt"
    assert "login" not in client.cookies
    assert client.get("/de/konto/sicherheit").status_code == 303, "half signed in is not signed in"
    assert "Ihrer Code-App" in client.get("/de/anmelden/zweiter-schritt").text
    wrong = client.post("/de/anmelden/zweiter-schritt", data={"code": "000000"})
    assert wrong.status_code == 422
    used = client.post("/de/anmelden/zweiter-schritt", data={"code": totp.now()})
    assert used.status_code == 422, "the code of setting up is used up"
    done = client.post("/de/anmelden/zweiter-schritt", data={"code": codes[0]})
    assert (done.status_code, done.headers["location"]) == (303, "/de/daten")
    assert "noch 9 Codes" in client.get("/de/konto/sicherheit").text


@pytest.mark.usefixtures("anna")
def test_a_second_step_that_is_guessed_at_ends(client: Client) -> None:
    sign_in(client)
    _totp, codes = with_code_app(client)
    client.cookies.clear()
    sign_in(client)

    seen = set()
    for number in range(40):
        answer = client.post("/de/anmelden/zweiter-schritt", data={"code": f"{number:06}"})
        seen.add(answer.status_code)
    assert seen == {422, 429}
    right = client.post("/de/anmelden/zweiter-schritt", data={"code": codes[0]})
    assert right.status_code == 429, "the right one waits like the wrong ones"


def test_a_new_password_by_mail_gets_nobody_past_the_second_factor(
    client: Client, anna: str, enter: Enter
) -> None:
    sign_in(client)
    with_code_app(client)
    client.cookies.clear()
    client.post("/de/passwort-vergessen", data={"email": anna})
    client.post(link_in(mails(enter)[-1]), data={"password": "vier neue worte hier"})

    answer = sign_in(client, "vier neue worte hier")
    assert answer.headers["location"] == "/de/anmelden/zweiter-schritt"


@pytest.mark.usefixtures("anna")
def test_what_protects_an_account_changes_only_after_a_confirmation(
    client: Client, enter: Enter
) -> None:
    sign_in(client)
    with enter() as session:
        for login in session.query(Login):
            login.confirmed_at = now() - logins.CONFIRMED_FOR
        session.commit()
    for path in ("passwort", "adresse", "code-app"):
        led = client.get(f"/de/konto/sicherheit/{path}")
        assert urlsplit(led.headers["location"]).path == "/de/konto/bestaetigen"
    for path in ("passwort", "code-app/entfernen", "ersatzcodes", "passkeys"):
        led = client.post(f"/de/konto/sicherheit/{path}", data={"password": "vier neue worte hier"})
        assert urlsplit(led.headers["location"]).path == "/de/konto/bestaetigen"
    assert client.post("/de/konto/sicherheit/passkeys/frage").status_code == 403

    before = client.cookies["login"]
    wrong = client.post("/de/konto/bestaetigen", data={"password": "falsch"})
    assert wrong.status_code == 422
    back = "/de/konto/sicherheit/passwort"
    right = client.post("/de/konto/bestaetigen", data={"password": PASSWORD, "back": back})
    assert right.headers["location"] == back
    assert client.cookies["login"] != before
    changed = client.post(back, data={"password": "vier neue worte hier"})
    assert changed.headers["location"] == "/de/konto/sicherheit?done=password"


@pytest.mark.usefixtures("anna")
def test_another_address_counts_once_its_mailbox_has_confirmed(
    client: Client, enter: Enter
) -> None:
    sign_in(client)
    client.post("/de/konto/sicherheit/adresse", data={"email": "neu@stadt.example"})
    [mail] = mails(enter, "neu@stadt.example")
    assert ADDRESS in client.get("/de/konto/sicherheit").text
    assert "neu@stadt.example" in client.get(link_in(mail)).text
    done = client.post(link_in(mail))

    assert done.headers["location"] == "/de/konto/sicherheit?done=address"
    assert "neu@stadt.example" in client.get("/de/konto/sicherheit").text
    assert "geändert" in mails(enter, ADDRESS)[-1].text
    assert client.post(link_in(mail)).status_code == 410


@pytest.mark.usefixtures("anna")
def test_an_address_of_somebody_else_is_not_told(client: Client, enter: Enter) -> None:
    with enter() as session:
        people.enter(session, OPERATOR, email="bert@stadt.example", name="Bert")
        session.commit()
    sign_in(client)
    known = client.post("/de/konto/sicherheit/adresse", data={"email": "bert@stadt.example"})
    free = client.post("/de/konto/sicherheit/adresse", data={"email": "frei@stadt.example"})

    assert known.headers["location"] == free.headers["location"]
    assert "Sie haben schon ein Konto" in mails(enter, "bert@stadt.example")[0].subject


def test_sign_ins_are_listed_and_ended(client: Client, anna: str) -> None:
    firefox = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0"}
    client.post("/de/anmelden", data={"email": anna, "password": PASSWORD}, headers=firefox)
    elsewhere = client.cookies["login"]
    client.cookies.clear()
    sign_in(client)
    page = client.get("/de/konto/sicherheit").text
    assert "Firefox · Linux" in page
    assert "testclient" not in page

    client.post("/de/konto/sicherheit/anmeldungen", data={"login": "others"})
    stale = client.get("/de/konto/sicherheit", headers={"Cookie": f"login={elsewhere}"})
    assert stale.status_code == 303
    assert client.get("/de/konto/sicherheit").status_code == 200


@pytest.fixture
def strict_client(settings: Settings) -> Iterator[Client]:
    """A node that asks editors for a second factor and opens accounts by invitation only."""
    strict = settings.model_copy(update={"second_factor": "editors", "registration": False})
    with (
        serving.application(strict, clock=lambda: TODAY) as app,
        TestClient(app, base_url="https://node.example") as opened,
    ):
        opened.follow_redirects = False
        opened.headers["Origin"] = "https://node.example"
        yield opened


@pytest.mark.usefixtures("anna")
def test_an_editor_without_a_second_factor_is_led_to_set_one_up_before_acting(
    strict_client: Client, enter: Enter
) -> None:
    client = strict_client
    with enter() as session:
        city = a_city(session)
        memberships.join(session, OPERATOR, people.by_email(session, ADDRESS), city, Role.EDITOR)
        a_solution(session, "PostLotse")
        session.commit()
    form = "/de/loesungen/postlotse/nachnutzung"

    led = sign_in(client, back=form)
    assert led.headers["location"] == "/de/konto/sicherheit"
    assert "verlangt einen zweiten Faktor" in client.get("/de/konto/sicherheit").text
    assert client.get(form).status_code == 403
    with_code_app(client)
    assert client.get(form).status_code == 200


def test_where_accounts_come_by_invitation_nobody_opens_one(
    strict_client: Client, enter: Enter
) -> None:
    assert strict_client.get("/de/registrieren").status_code == 404
    asked = strict_client.post("/de/registrieren", data={"name": "A", "email": ADDRESS})
    assert asked.status_code == 404
    assert mails(enter) == []
    assert "registrieren" not in strict_client.get("/de/anmelden").text


@pytest.mark.parametrize(
    "data",
    [
        {"name": "", "email": "keine adresse"},
        {"name": "x" * 300, "email": ADDRESS},
        {"name": "Anna", "email": "a@b.example\r\nBcc: c@d.example,x@y.example"},
        {},
    ],
)
def test_a_form_that_is_wrong_comes_back_with_its_messages(
    client: Client, enter: Enter, data: dict[str, str]
) -> None:
    answer = client.post("/de/registrieren", data=data)

    assert answer.status_code == 422
    assert 'id="error-summary"' in answer.text
    assert mails(enter) == []


@pytest.mark.parametrize(
    "answer", ["", "{", "[]", "null", '{"rawId": 5}', '{"rawId": "AAAA"}', "[" * 30_000]
)
@pytest.mark.usefixtures("anna")
def test_a_broken_answer_of_a_passkey_is_refused_in_the_same_words(
    client: Client, answer: str
) -> None:
    question = client.post("/de/anmelden/passkey/frage")
    assert question.json()["userVerification"] == "required"
    refused = client.post("/de/anmelden/passkey", data={"passkey": answer})

    assert refused.status_code == 422
    assert "Diesen Passkey kennen wir nicht" in refused.text
    again = client.post("/de/anmelden/passkey", data={"passkey": answer})
    assert again.headers["location"] == "/de/anmelden?done=step", "a question is answered once"
