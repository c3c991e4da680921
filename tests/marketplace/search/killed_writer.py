"""Follows the feed of a database until it is killed: arguments: its address, index, stems."""

import sys
from pathlib import Path

from catalog.database import open_engine, session_factory
from marketplace.search.analysis import Analysis
from marketplace.search.embedded import EmbeddedEngine
from marketplace.search.indexing import Follower
from marketplace.search.synonyms import Thesaurus

address, folder, stems = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
engine = open_engine(address)
analysis = Analysis.of_dictionaries(stems)
follower = Follower(
    session_factory(engine, writes=False),
    session_factory(engine, writes=True),
    analysis,
    EmbeddedEngine(folder, analysis, Thesaurus()),
)
print("following", flush=True)  # noqa: T201 - the test waits for it
while True:
    follower.catch_up()
