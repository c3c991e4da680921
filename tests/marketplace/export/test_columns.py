"""Names of columns are a promise: within a major version none goes, moves or changes its type."""

import msgspec

from catalog import taxonomy
from catalog.facts import Withheld
from catalog.records import Cost, Costs, SolutionRecord
from marketplace.export import columns

PROMISED_1_0 = {
    "solutions": "id iri slug page version name name_language summary summary_language publisher_id"
    " publisher publisher_kind fields_of_action tasks technology phase human_oversight hosting"
    " personal_data license_code license_model license_data cost_one_off cost_running evidence"
    " live_municipalities repository website documentation languages vendor in_use_since withheld"
    " source_name source_url source_license source_attribution home is_sample confirmed_on"
    " published_at updated_at",
    "releases": "id solution_id solution_slug version released_on notes",
    "adoptions": "id iri solution_id solution organization_id organization organization_kind ars"
    " municipality land size_class stage since release operator reused_from_id ended_reason"
    " ended_note adaptations contact_allowed confirmed_on is_sample updated_at",
    "adoption_steps": "adoption_id stage on",
    "organizations": "id iri slug name kind country ars website email about verified_at is_sample"
    " updated_at",
    "municipalities": "id ars ags kind name designation land population size_class lon lat postcode"
    " as_of source merged_on is_sample",
    "codes": "list code label_de label_en parent",
    "changes": "serial at verb kind thing_id version on_behalf_of_id",
    "lights": "ars iri name land population size_class lon lat live_solutions updated_at",
    "adoption_curve": "year quarter live ended",
    "register_entries": "id iri page name summary organization_id organization land adoption_id"
    " fields_of_action status risk_class rule_set decision_mode personal_data withheld version"
    " valid_since confirmed_on review_due is_sample updated_at",
    "codebook": "table column type meaning code_list",
}


def test_columns_stay_and_new_ones_come_at_the_end() -> None:
    assert columns.VERSION.startswith("1.")
    for sheet in columns.SHEETS:
        promised = PROMISED_1_0[sheet.name].split()
        assert sheet.header[: len(promised)] == promised
        assert len(set(sheet.header)) == len(sheet.header)


def test_every_coded_column_names_a_list_that_exists() -> None:
    for described in columns.codebook():
        coded = described.column.kind in (columns.Kind.CODE, columns.Kind.CODES)
        if described.column.code_list:
            assert coded
            assert described.column.code_list in taxonomy.lists()


def test_what_is_withheld_loses_its_value_wherever_it_stands() -> None:
    held = {"repository": Withheld("security"), "costs.running": Withheld("trade_secret")}
    record = SolutionRecord(
        name={"de": "Still"},
        repository="https://secret.example",
        website="https://open.example",
        costs=Costs(one_off=Cost(source="open"), running=Cost(source="secret")),
        withheld=held,
    )

    told = columns.without_withheld(record)

    assert "secret" not in msgspec.json.encode(told).decode().replace("trade_secret", "")
    assert (told.website, told.costs.one_off.source) == ("https://open.example", "open")
    assert told.withheld == held


def test_a_record_that_withholds_what_it_must_say_stays_readable() -> None:
    record = SolutionRecord(
        name={"de": "Still"},
        withheld={"name": Withheld("other"), "nowhere.at.all": Withheld("other")},
    )

    assert columns.without_withheld(record) == record
