"""CSV as it leaves: a program reads what was said, a spreadsheet reads no formula."""

import csv
import io
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from marketplace.formats import characters
from marketplace.formats.csv_out import GUARDED, cell, head, lines, unguarded, written

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
BEGINNINGS = st.sampled_from(["", *GUARDED, "''", "\t=", "＝"])


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@given(BEGINNINGS, TEXTS)
def test_no_cell_of_text_begins_like_a_formula_and_nothing_is_lost(
    beginning: str, rest: str
) -> None:
    text = beginning + rest
    ((written_cell, after),) = read(head(["a", "b"]) + lines([[text, "end"]]))[1:]

    assert not written_cell.startswith(tuple(sign for sign in GUARDED if sign != "'"))
    assert unguarded(written_cell) == characters.clean(text)[0]
    assert after == "end"


def test_values_have_one_way_to_be_written() -> None:
    moment = datetime(2026, 11, 23, 3, 30, 0, 5, UTC)

    assert [cell(value) for value in (None, True, False, -3, 7.5, ["a", "b"], [])] == [
        "", "true", "false", "-3", "7.5", "a; b", "",
    ]  # fmt: skip
    assert cell(date(2026, 1, 2)) == "2026-01-02"
    assert cell(moment) == "2026-11-23T03:30:00.000005Z"


def test_a_file_has_one_mark_one_head_and_all_rows() -> None:
    content = b"".join(written(["n", "ü"], ([number, "ä,\n"] for number in range(1_201))))

    rows = read(content)
    assert content.count(b"\xef\xbb\xbf") == 1
    assert content.count(b"\r\n") == 1_202
    assert rows[0] == ["n", "ü"]
    assert rows[1:] == [[str(number), "ä,\n"] for number in range(1_201)]
