"""A process that imports a file and says after each batch how far it is; made to be killed."""

import sys
from pathlib import Path

from catalog.database import open_engine, session_factory
from catalog.permissions import Actor
from marketplace.federation import intake
from marketplace.formats import jsonl

if __name__ == "__main__":
    url, path, batch = sys.argv[1:]
    intake.BATCH = int(batch)

    def tell(rows: int) -> None:
        sys.stdout.write(f"{rows}\n")
        sys.stdout.flush()

    writing = session_factory(open_engine(url), writes=True)
    intake.take_in(jsonl.read(Path(path)), writing, Actor.operator(), progress=tell)
