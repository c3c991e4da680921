"""What leaves with an organization: all its nouns, and no secret that still opens something."""

import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine

from catalog import invitations
from catalog.permissions import Role
from marketplace.accounts import api_keys
from marketplace.export import organization
from marketplace.transactions import Database
from tests.factories import OPERATOR, a_city

TODAY = date(2026, 11, 23)


def test_keys_and_invitations_leave_without_their_secrets(
    fresh_engine: Engine, tmp_path: Path
) -> None:
    database = Database.on(fresh_engine)
    with database.writing.begin() as session:
        city = a_city(session)
        invitations.invite(session, OPERATOR, city, email="kim@test.example", role=Role.READER)
        key, _ = api_keys.create(
            session, OPERATOR, city, name="Skript", scopes=["read"],
            expires_on=TODAY + timedelta(30), today=TODAY,
        )  # fmt: skip

    counts = organization.export(database, OPERATOR, city.slug, tmp_path / "all.zip")

    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        named = {name.removesuffix(".jsonl") for name in archive.namelist()} - {"README.md"}
        read_me = archive.read("README.md").decode()
        (sent,) = [json.loads(line) for line in archive.read("keys.jsonl").splitlines()]
        whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert named == set(counts)
    assert [name for name in named if f"`{name}`" not in read_me] == []
    assert (sent["prefix"], sent["name"]) == (key.prefix, "Skript")
    assert key.secret_hash not in whole
    assert "token_hash" not in whole
