"""Another state of the law, put to every entry before it is adopted, and what each rule decides."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
from sqlalchemy.orm import Session

from catalog.errors import NotAllowed, NotFound
from catalog.permissions import Actor
from catalog.register import assessments, entries, law, listing, rerun
from tests.factories import OPERATOR, a_city, an_entry, an_entry_record

TODAY = date(2026, 11, 23)
DAY = date(2028, 1, 1)
NEXT = "ai-act-2027-01-01"
MIGRATION = {"annex_iii": ["7a"], "decisions_on_persons": True}


@pytest.fixture
def next_law(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A made-up state of the law: point 7a is dropped, workers need not be told."""
    folder = tmp_path / "rules"
    shutil.copytree(str(law.FOLDER), folder)
    shutil.copytree(folder / law.CURRENT, folder / NEXT)
    made = folder / NEXT
    _edit(made / "set.yaml", law.CURRENT, NEXT)
    rules = (made / "rules.yaml").read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in rules if '"D26-7"' not in line]
    assert len(kept) == len(rules) - 1
    (made / "rules.yaml").write_text("".join(kept), "utf-8")
    _edit(
        made / "rules.yaml",
        '"annex_iii~any_but_2", then',
        '"annex_iii~any_but_2 & !annex_iii~7a", then',
    )
    monkeypatch.setattr(law, "FOLDER", folder)
    _forget()
    yield NEXT
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    law.rule_sets.cache_clear()
    law.rule_set.cache_clear()


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def _entered(session: Session, name: str, facts: dict[str, object]) -> entries.RegisterEntry:
    return an_entry(
        session, a_city(session, f"Stadt {name}"), name,
        assessment=assessments.assessed(facts, today=TODAY),
    )  # fmt: skip


def test_a_new_law_says_of_every_entry_what_would_change(session: Session, next_law: str) -> None:
    _entered(session, "Minimal", {})
    dropped = _entered(session, "Grenzhelfer", MIGRATION)
    staff = _entered(session, "Dienstplan", {"annex_iii": ["4b"], "workplace_use": True})
    an_entry(session, a_city(session, "Stadt Ohne"), "Ohne", assessment=None)

    found = list(rerun.reassess(session, OPERATOR, next_law, as_of=DAY))

    said = {each.slug: each for each in found if each}
    assert (len(found), len(said)) == (4, 3)
    assert [slug for slug, each in sorted(said.items()) if each.is_changed] == sorted(
        [dropped.slug, staff.slug]
    )
    assert (said[dropped.slug].before, said[dropped.slug].after) == (
        "high_risk_annex_iii", "minimal",
    )  # fmt: skip
    assert "A26_11_INFORM_PERSONS" in said[dropped.slug].duties_dropped
    assert said[staff.slug].duties_dropped == ["A26_7_INFORM_WORKERS"]
    assert said[staff.slug].before == said[staff.slug].after
    assert said[staff.slug].not_taken == []
    assert entries.by_id(session, dropped.id).risk_class == "high_risk_annex_iii"


def test_what_the_new_law_no_longer_knows_is_unknown(session: Session, next_law: str) -> None:
    folder = Path(str(law.FOLDER)) / next_law
    _edit(folder / "facts.yaml", "profiling", "makes_profiles")
    for file in ("rules.yaml", "set.yaml", "questionnaire.yaml"):
        text = (folder / file).read_text("utf-8")
        (folder / file).write_text(text.replace("profiling", "makes_profiles"), "utf-8")
    entry = _entered(session, "Zulage", {"annex_iii": ["5a"], "profiling": True})
    foreign = assessments.assessed({}, today=TODAY)
    foreign = msgspec.structs.replace(foreign, rule_set="elsewhere-2026")
    an_entry(session, a_city(session, "Stadt Fern"), "Fern", assessment=foreign)

    found = list(rerun.reassess(session, OPERATOR, next_law, as_of=DAY))

    assert [each.not_taken for each in found if each and each.slug == entry.slug] == [["profiling"]]
    assert found.count(None) == 1


def test_a_run_goes_on_behind_an_entry(session: Session, next_law: str) -> None:
    for number in range(4):
        _entered(session, f"Nummer {number}", {})
    whole = list(rerun.reassess(session, OPERATOR, next_law, as_of=DAY))
    assert whole[1]

    rest = list(rerun.reassess(session, OPERATOR, next_law, as_of=DAY, after=whole[1].entry))

    assert rest == whole[2:]
    assert rerun.count(session, after=whole[1].entry) == 2


def test_only_a_steward_puts_all_entries_to_other_rules(session: Session) -> None:
    with pytest.raises(NotAllowed):
        next(rerun.reassess(session, Actor.anonymous(), law.CURRENT, as_of=DAY))
    with pytest.raises(NotFound):
        next(rerun.reassess(session, OPERATOR, "ai-act-1999", as_of=DAY))


def test_a_rule_names_the_public_entries_that_it_decides(session: Session) -> None:
    entry = _entered(session, "Zulage", {"annex_iii": ["5a"]})
    wanted = listing.Wanted(rule="H-6")

    def decided() -> list[str]:
        rows = listing.page(session, wanted, today=TODAY)
        assert listing.counts(session, wanted, today=TODAY).total == len(rows)
        return [row.slug for row in rows]

    assert decided() == [entry.slug]
    assert entry.record
    minimal = an_entry_record("Zulage")
    entries.renew(session, OPERATOR, entry, minimal, today=TODAY)
    assert decided() == []
