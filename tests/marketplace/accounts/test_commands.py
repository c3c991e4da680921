"""How an operator helps people to sign in, from the command line."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from catalog import people
from catalog.database import open_engine, session_factory
from marketplace.accounts import one_time_links, recovery_codes, registration
from marketplace.accounts.one_time_links import Purpose
from marketplace.cli import main
from marketplace.mail import outbox


@pytest.fixture
def runner(migrated_file: Path, tmp_path: Path) -> CliRunner:
    shutil.copy(migrated_file, tmp_path / "node.db")
    url = f"sqlite:///{tmp_path / 'node.db'}"
    variables = {"DATABASE_URL": url, "DATA_DIR": str(tmp_path), "BASE_URL": "https://node.example"}
    return CliRunner(env={f"MARKETPLACE_{name}": value for name, value in variables.items()})


def test_the_first_steward_signs_in_with_a_printed_link(runner: CliRunner, tmp_path: Path) -> None:
    runner.invoke(main, ["person", "enter", "anna@stadt.example", "Anna", "--steward"])
    told = runner.invoke(main, ["person", "invite", "anna@stadt.example", "--mail"])
    found = re.search(r"https://node\.example/de/konto/einrichten/(\S+)", told.output)
    assert found

    with session_factory(
        open_engine(f"sqlite:///{tmp_path / 'node.db'}"), writes=True
    )() as session:
        assert found[1] in outbox.newest(session)[0].text
        person = registration.set_up(session, found[1], "regen tisch wolke pferd")
        assert person.is_steward
        recovery_codes.renew(session, person.id)
        session.commit()

    assert "waiting" in runner.invoke(main, ["mail", "status"]).output
    refused = runner.invoke(main, ["person", "reset-factors", "anna@stadt.example"], input="n\n")
    assert refused.exit_code == 1
    runner.invoke(main, ["person", "reset-factors", "anna@stadt.example", "--yes"])
    with session_factory(
        open_engine(f"sqlite:///{tmp_path / 'node.db'}"), writes=False
    )() as session:
        who = people.by_email(session, "anna@stadt.example")
        assert recovery_codes.left(session, who.id) == 0
        assert one_time_links.pending(session, Purpose.SET_UP, who.email) is None
