"""Where records come from, and which look alike."""

from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from catalog import provenance
from catalog.database import new_id
from catalog.errors import NotAllowed
from catalog.permissions import Actor
from catalog.provenance import Named, Sighting


def a_sighting(key: str, content: str = "a") -> Sighting:
    return Sighting("reg", key, uuid4(), content, "r" + content, '{"x":1}', 7)


def test_ids_follow_from_source_and_key() -> None:
    one = provenance.id_of("solution", "reg", "1")
    assert one == provenance.id_of("solution", "reg", "1")
    assert one != provenance.id_of("solution", "reg", "2")
    assert one != provenance.id_of("solution", "other", "1")


def test_known_rows_are_found_by_source_and_key(session: Session) -> None:
    sightings = [a_sighting(str(number)) for number in range(1_200)]
    provenance.note_new(session, "solution", sightings)
    keys = [("reg", str(number)) for number in range(1_200)]
    known = provenance.known(session, [*keys, ("reg", "none"), ("other", "1")])
    assert set(known) == set(keys)
    assert known["reg", "5"].thing_id == sightings[5].thing_id


def test_new_content_replaces_hash_and_raw(session: Session) -> None:
    before = a_sighting("1")
    provenance.note_new(session, "solution", [before])
    after = Sighting("reg", "1", before.thing_id, "b", "rb", '{"x":2}', 9)
    provenance.note_changed(session, [after])
    assert provenance.known(session, [("reg", "1")])["reg", "1"].content_hash == "b"
    assert provenance.raw_of(session, "reg", "1") == '{"x":2}'
    (row,) = provenance.of_thing(session, "solution", before.thing_id)
    assert (row.row, row.key) == (9, "1")


def test_titles_are_compared_without_case_signs_and_spaces() -> None:
    assert provenance.folded_title(" Zivver – E-Mail_Schutz! ") == "zivver e mail schutz"
    assert provenance.folded_title("Straße") == provenance.folded_title("STRASSE")
    assert provenance.folded_title("!!!") == ""


def test_each_thing_is_compared_with_the_first_of_its_block_only(session: Session) -> None:
    here, there = new_id(), new_id()
    first, twice, elsewhere, again = (
        Named(uuid4(), "Anonymize", here),
        Named(uuid4(), "anonymize.", here),
        Named(uuid4(), "Anonymize", there),
        Named(uuid4(), "ANONYMIZE", there),
    )
    assert provenance.propose_duplicates(session, "solution", [first, twice]) == 1
    assert provenance.propose_duplicates(session, "solution", [elsewhere, again]) == 2
    found = {
        proposal.thing_id: (proposal.other_id, proposal.reason)
        for proposal in provenance.open_proposals(session, "solution")
    }
    assert found == {
        twice.thing_id: (first.thing_id, "same_title_same_organization"),
        elsewhere.thing_id: (first.thing_id, "same_title"),
        again.thing_id: (elsewhere.thing_id, "same_title_same_organization"),
    }


def test_things_without_a_title_to_compare_are_not_proposed(session: Session) -> None:
    things = [Named(uuid4(), "???", None), Named(uuid4(), "!", None)]
    assert provenance.propose_duplicates(session, "solution", things) == 0


def test_only_moderators_dismiss_and_what_is_dismissed_stays_away(session: Session) -> None:
    things = [Named(uuid4(), "A", None), Named(uuid4(), "A", None)]
    provenance.propose_duplicates(session, "solution", things)
    (proposal,) = provenance.open_proposals(session, "solution")
    with pytest.raises(NotAllowed):
        provenance.dismiss(Actor(name="anyone", person_id=uuid4()), proposal)
    provenance.dismiss(Actor(name="mod", person_id=uuid4(), is_moderator=True), proposal)
    session.flush()
    assert provenance.count_open(session, "solution") == 0
