"""Who turns texts into documents: this process, or for many texts a few processes beside it.

Texts and documents travel as JSON: the texts are encoded for their hash anyway, and a document is
stored as it comes back.
"""

import gc
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Protocol

import msgspec
import structlog

from marketplace.search.analysis import Analysis
from marketplace.search.compounds import Compounds
from marketplace.search.documents import Texts, analyzed

MOST_PROCESSES = 8

Documents = Sequence[bytes]

log = structlog.get_logger(__name__)


class Analyst(Protocol):
    """Makes documents of texts."""

    def begin(self, texts: Sequence[bytes]) -> Callable[[], Documents]:
        """Take texts; what is given back waits for their documents, in the same order."""


class Alone:
    """Makes documents in this process when they are asked for."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis

    def begin(self, texts: Sequence[bytes]) -> Callable[[], Documents]:
        """Take texts."""
        return lambda: _documents(texts, self.analysis)


class Together:
    """Makes documents in other processes; does it alone if they are gone."""

    def __init__(self, analysis: Analysis, pool: ProcessPoolExecutor) -> None:
        self.alone = Alone(analysis)
        self.pool = pool

    def begin(self, texts: Sequence[bytes]) -> Callable[[], Documents]:
        """Hand texts to the next free process."""
        try:
            future = self.pool.submit(_in_process, texts)
        except BrokenProcessPool:
            return self.alone.begin(texts)

        def wait() -> Documents:
            try:
                return future.result()
            except BrokenProcessPool as trouble:
                log.warning("analysis goes on in one process", trouble=str(trouble))
                return self.alone.begin(texts)()

        return wait


@contextmanager
def several(analysis: Analysis, processes: int | None = None) -> Iterator[Analyst]:
    """Analysts in as many processes as there are cores, for the time of the block."""
    count = processes or min(os.cpu_count() or 1, MOST_PROCESSES)
    if count == 1:
        yield Alone(analysis)
        return
    stems = {code: tuple(one.stems) for code, one in analysis.compounds.items()}
    # A forked process would inherit the locks of threads that it does not have.
    with ProcessPoolExecutor(count, get_context("spawn"), _prepare, (stems,)) as pool:
        yield Together(analysis, pool)


_own: list[Analysis] = []
"""The analysis of a process of the pool."""


def _prepare(stems: Mapping[str, Sequence[str]]) -> None:
    # A process of the pool does nothing else and ends with its work.
    gc.disable()
    _own.append(Analysis({code: Compounds(code, found) for code, found in stems.items()}))


def _in_process(texts: Sequence[bytes]) -> Documents:
    return _documents(texts, _own[0])


def _documents(texts: Sequence[bytes], analysis: Analysis) -> Documents:
    decoder = msgspec.json.Decoder(Texts)
    encoder = msgspec.json.Encoder()
    return [encoder.encode(analyzed(decoder.decode(one), analysis)) for one in texts]
