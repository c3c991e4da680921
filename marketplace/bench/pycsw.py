"""pycsw as a peer: a catalogue service (CSW 2.0.2) with full-text search in SQLite, in XML.

The newest version that can be installed by name has no facets, so it does less than we do for a
question: it searches, filters and answers twenty records.
"""

import os
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from marketplace.bench.questions import FACETS, Question, texts
from marketplace.bench.serving import HOST, Server, serving
from marketplace.search.documents import Tagged, Texts
from marketplace.search.tokens import words

SETTING_UP_TAKES_AT_MOST = 300.0

SET_UP = "import sys; from pycsw.core.admin import setup_db; setup_db(sys.argv[1], 'records', '.')"

RECORD = (
    '<csw:Record xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dct="http://purl.org/dc/terms/">'
    "<dc:identifier>{id}</dc:identifier><dc:title>{title}</dc:title><dc:type>service</dc:type>"
    "<dc:subject>{subject}</dc:subject><dct:abstract>{abstract}</dct:abstract></csw:Record>"
)


class Pycsw:
    """One repository; facet values are keywords, and the whole text is what AnyText searches."""

    name = "pycsw"
    requirements: Sequence[str] = ("pycsw", "sqlalchemy<2", "waitress")
    note = "XML of twenty records without any facet: this version has none"
    most_records = 20_000

    def fill(self, python: Path, folder: Path, count: int) -> None:
        """Make its database and write the records into it."""
        address = f"sqlite:///{folder / 'records.db'}"
        subprocess.run(  # noqa: S603 - the interpreter we made
            [
                str(python),
                "-c",
                SET_UP,
                address,
            ],
            capture_output=True,
            check=True,
            timeout=SETTING_UP_TAKES_AT_MOST,
        )
        _write_configuration(folder, address)
        with closing(sqlite3.connect(folder / "records.db")) as database, database:
            database.executemany(
                "INSERT INTO records (identifier, typename, schema, mdsource, insert_date, xml,"
                " anytext, type, title, abstract, keywords)"
                " VALUES (?, 'csw:Record', 'http://www.opengis.net/cat/csw/2.0.2', 'local', ?, ?,"
                " ?, 'service', ?, ?, ?)",
                _rows(count),
            )

    def serving(self, python: Path, folder: Path) -> AbstractContextManager[Server]:
        """Serve the repository."""
        return serving(
            lambda port: [
                *(python, "-m", "waitress", f"--listen={HOST}:{port}"),
                "pycsw.wsgi:application",
            ],
            is_up=lambda server: b"Capabilities" in server.get(_asked("GetCapabilities"))[1],
            environment={**os.environ, "PYCSW_CONFIG": str(folder / "pycsw.cfg")},
            log=folder / "server.log",
        )

    def address(self, question: Question) -> str:
        """Twenty records whose text holds every word and whose keywords hold every filter."""
        wanted = [f"csw:AnyText like '%{word}%'" for word in words(question.query.text)]
        for _, values in sorted(question.query.filters.items()):
            wanted += [f"dc:subject like '%{value}%'" for value in sorted(values)]
        constraint = (
            {
                "constraintlanguage": "CQL_TEXT",
                "constraint_language_version": "1.1.0",
                "constraint": " and ".join(wanted),
            }
            if wanted
            else {}
        )
        return _asked(
            "GetRecords",
            typenames="csw:Record",
            elementsetname="full",
            resulttype="results",
            maxrecords="20",
            **constraint,
        )


def _asked(request: str, **parameters: str) -> str:
    fixed = {"service": "CSW", "version": "2.0.2", "request": request}
    return f"/?{urlencode({**fixed, **parameters})}"


def _rows(count: int) -> Iterator[Sequence[str]]:
    today = datetime.now(UTC).date().isoformat()
    for text in texts(count):
        title, organization, summary, body = (_joined(part) for part in _parts(text))
        keywords = ",".join(value for facet in FACETS for value in text.facets.get(facet, ()))
        xml = RECORD.format(
            id=escape(str(text.id)),
            title=escape(title),
            subject=escape(keywords),
            abstract=escape(summary),
        )
        everything = " ".join((title, organization, summary, body, keywords))
        yield str(text.id), today, xml, everything, title, summary, keywords


def _parts(text: Texts) -> Sequence[list[Tagged]]:
    return text.title, text.organization, text.summary, text.body


def _joined(tagged: list[Tagged]) -> str:
    return "\n".join(words_ for _, words_ in tagged)


def _write_configuration(folder: Path, address: str) -> None:
    contact = (
        *("name", "position", "address", "city", "stateorprovince", "postalcode", "country"),
        *("phone", "fax", "email", "url", "hours", "instructions", "role"),
    )
    about = (
        *("identification_title", "identification_abstract", "identification_keywords"),
        *("identification_keywords_type", "identification_fees"),
        *("identification_accessconstraints", "provider_name", "provider_url"),
        *(f"contact_{name}" for name in contact),
    )
    configuration = ConfigParser()
    configuration.read_dict(
        {
            "server": {
                "home": str(folder),
                "url": f"http://{HOST}/",
                "mimetype": "application/xml; charset=UTF-8",
                "encoding": "UTF-8",
                "language": "en-US",
                "maxrecords": "20",
            },
            "manager": {"transactions": "false"},
            "metadata:main": dict.fromkeys(about, "bench"),
            "metadata:inspire": {"enabled": "false"},
            "repository": {"database": address, "table": "records"},
        }
    )
    with (folder / "pycsw.cfg").open("w", encoding="utf-8") as file:
        configuration.write(file)
