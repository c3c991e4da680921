import pytest

from catalog.database import new_id
from catalog.errors import Invalid, NotAllowed, NotFound
from catalog.permissions import Actor
from marketplace.search import synonyms
from marketplace.search.query import Query
from marketplace.search.synonyms import Group, Kind, Thesaurus
from tests.factories import OPERATOR
from tests.marketplace.search.test_embedded import a_text


def test_words_of_a_group_find_each_other_in_any_form(engine_of):
    engine = engine_of([a_text("Fachverfahren", "Wertet Abfälle aus."), a_text("Anderes")])
    engine.thesaurus = Thesaurus.of([Group("de", ["Müll", "Abfall"])])

    assert engine.search(Query("Muell")).total == 1


def test_expressions_of_several_words_stand_for_one(engine_of):
    engine = engine_of([a_text("KI im Amt"), a_text("Intelligenz"), a_text("Künstliche Blumen")])
    engine.thesaurus = Thesaurus.of([Group("de", ["KI", "Künstliche Intelligenz"])])

    assert engine.search(Query("künstlicher Intelligenz")).hits[0].id == a_text("KI im Amt").id


def test_a_product_finds_its_task_but_a_task_not_the_product(engine_of):
    task, product = a_text("Übersetzung für Briefe"), a_text("Erfahrungen mit DeepL")
    engine = engine_of([task, product])
    engine.thesaurus = Thesaurus.of([Group("de", ["DeepL", "Übersetzung"], Kind.PRODUCT)])

    assert {hit.id for hit in engine.search(Query("DeepL")).hits} == {task.id, product.id}
    assert [hit.id for hit in engine.search(Query("Übersetzung")).hits] == [task.id]


def test_a_synonym_of_a_compound_is_found_by_its_parts(engine_of):
    engine = engine_of([a_text("Hilfe", "Plant die Entsorgung von Abfall.")])
    engine.thesaurus = Thesaurus.of([Group("de", ["Müllabfuhr", "Abfallentsorgung"])])

    assert engine.search(Query("Müllabfuhr", literal=True)).total == 1


def test_a_node_without_groups_of_its_own_uses_the_starting_list(session):
    assert synonyms.thesaurus(session) == Thesaurus.of(synonyms.starting_list())
    assert len(synonyms.starting_list()) > 50

    synonyms.add(session, OPERATOR, Group("de", ["Rathaus", "Stadthaus"]))
    assert synonyms.thesaurus(session).alternatives(["Rathäuser"]) == [("de", ("Stadthaus",))]


def test_the_starting_list_is_planted_once_and_then_edited(session):
    planted = synonyms.plant(session)
    before = synonyms.revision(session)

    assert planted == len(synonyms.starting_list())
    assert synonyms.plant(session) == 0
    row = synonyms.add(session, OPERATOR, Group("de", ["Rathaus", "Stadthaus"]))
    assert synonyms.revision(session) != before
    with_it = synonyms.revision(session)
    synonyms.retire(session, OPERATOR, row.id)
    assert synonyms.revision(session) != with_it
    assert synonyms.thesaurus(session).alternatives(["Stadthaus"]) == []
    synonyms.retire(session, OPERATOR, row.id, retired=False)
    assert synonyms.thesaurus(session).alternatives(["Stadthaus"]) == [("de", ("Rathaus",))]


def test_a_node_that_retires_every_group_searches_without_synonyms(session):
    for each in synonyms.kept(session, OPERATOR):
        synonyms.retire(session, OPERATOR, each.id)
    assert synonyms.thesaurus(session).entries == {}
    assert synonyms.plant(session) == 0
    with pytest.raises(NotFound):
        synonyms.retire(session, OPERATOR, new_id())


def test_a_delivered_group_is_found_and_changed_by_its_id(session):
    (first,) = synonyms.kept(session, OPERATOR, "chatbot")[:1]
    changed = synonyms.revise(session, OPERATOR, first.id, Group("de", ["Chatbot", "Plauderer"]))
    assert synonyms.by_id(session, OPERATOR, first.id) is changed
    assert len(synonyms.kept(session, OPERATOR)) == len(synonyms.starting_list())


def test_only_moderators_keep_the_list_and_a_group_has_two_words(session):
    with pytest.raises(NotAllowed):
        synonyms.add(session, Actor("Toni Test"), Group("de", ["Rathaus", "Stadthaus"]))
    with pytest.raises(Invalid):
        synonyms.add(session, OPERATOR, Group("de", ["Rathaus", "  "]))
    with pytest.raises(Invalid):
        synonyms.add(session, OPERATOR, Group("xx", ["Rathaus", "Stadthaus"]))
    with pytest.raises(Invalid, match="eighty"):
        synonyms.add(session, OPERATOR, Group("de", ["Rathaus", "R" * 81]))
