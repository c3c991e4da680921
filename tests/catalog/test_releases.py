"""Releases have files with checksums and an end; a mistaken one is superseded, never changed."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from catalog import releases
from catalog.errors import Invalid, NotFound
from catalog.releases import Artifact
from tests.factories import OPERATOR, a_solution

SUM = "sha256:" + "ab" * 32
DAY = date(2026, 3, 11)


def test_a_release_keeps_its_files_and_its_end(session: Session) -> None:
    solution = a_solution(session)
    files = [Artifact("image", "registry.example/post:1.4", SUM, 12)]

    releases.publish(
        session, OPERATOR, solution, version="1.4", released_on=DAY, artifacts=files,
        security={"de": "Schließt eine Lücke."}, supported_until=date(2027, 3, 11),
    )  # fmt: skip
    session.expire_all()

    found = releases.of_version(session, solution, "1.4")
    assert (found.artifacts, found.supported_until) == (files, date(2027, 3, 11))
    assert found.security == {"de": "Schließt eine Lücke."}


def test_a_mistaken_release_is_superseded(session: Session) -> None:
    solution = a_solution(session)
    releases.publish(session, OPERATOR, solution, version="1.4", released_on=DAY)

    releases.publish(
        session, OPERATOR, solution, version="1.4.1", released_on=DAY, supersedes="1.4"
    )

    assert [each.version for each in releases.since(session, solution, "1.4")] == ["1.4.1"]
    assert list(releases.since(session, solution, "1.4.1")) == []
    with pytest.raises(NotFound):
        releases.since(session, solution, "9")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"artifacts": [Artifact("archive", "https://git.example/a.zip", "md5:1")]}, "artifacts"),
        ({"artifacts": [Artifact("weights", "file:///etc/passwd", SUM)]}, "artifacts"),
        ({"artifacts": [Artifact("image", "x", SUM)] * 51}, "artifacts"),
        ({"supported_until": date(2026, 1, 1)}, "supported_until"),
        ({"supersedes": "0.9"}, "supersedes"),
    ],
)
def test_what_is_wrong_names_its_field(session: Session, facts, field) -> None:
    solution = a_solution(session)

    with pytest.raises(Invalid) as refusal:
        releases.publish(session, OPERATOR, solution, version="1", released_on=DAY, **facts)

    assert refusal.value.problems[0].field == field
