"""Feeds mutated descriptions to the check: nothing may crash, hang or grow.

Called with a COUNT (20,000) and any number of FOLDERs, it takes COUNT documents made of the seeds
here and of the files in each FOLDER, and reports verdicts, the slowest check and the most memory.
A check that takes over ten seconds ends the run with its document.
"""

import faulthandler
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

from marketplace.interfaces.checking import check

SEEDS = (
    b"openapi: 3.0.3\ninfo: {title: a}\npaths: {/a/{b}: {get: {responses: {200: {}}}}}\n",
    b"swagger: '2.0'\ninfo: {title: a}\npaths: {}\ndefinitions: {A: {$ref: '#/a'}}\n",
    b"asyncapi: 3.0.0\ninfo: {title: a}\nchannels: {a: {messages: {m: {payload: {}}}}}\n",
    b'{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"$ref": "#"}}}',
    b'{"openapi": "3.1.0", "info": {"title": "a"}, "webhooks": {"a": {"post": {}}}}',
    b"a: &a [1, 2]\nb: *a\n<<: {c: 1}\n",
    b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>',
)
PIECES = (
    b"$ref: '#/'", b"*a", b"&a ", b"{", b"}", b"[", b"]", b"\x00", b"\xff", b"\xed\xa0\x80",
    b"!!x ", b"<<: ", b"null", b"9" * 60, b"1e999", b"\t", b"'", b'"', b"- ", b"? ",
    b"<!DOCTYPE a>",
    b"~1", b"https://[::1", b"openapi: 3.1.0\n", b"%", b"\r\n", b"(" * 40, b"x-", b"in: path",
)  # fmt: skip
LARGEST = 60_000
SECONDS = 10


def mutated(seed: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """A document with up to eight mutations: bytes, pieces, lines and parts of others."""
    content = bytearray(seed)
    for _ in range(rng.randint(1, 8)):
        at = rng.randint(0, len(content))
        end = min(len(content), at + rng.randint(0, 60))
        kind = rng.randrange(6)
        if kind == 0:
            content[at:at] = rng.choice(PIECES)
        elif kind == 1:
            del content[at:end]
        elif kind == 2:
            content[at:at] = content[at:end] * rng.randint(1, 30)
        elif kind == 3 and at < len(content):
            content[at] = rng.randrange(256)
        elif kind == 4:
            other = rng.choice(others)
            begin = rng.randint(0, len(other))
            content[at:at] = other[begin : begin + rng.randint(0, 400)]
        else:
            lines = bytes(content).split(b"\n")
            rng.shuffle(lines)
            content = bytearray(b"\n".join(lines))
    return bytes(content[:LARGEST])


def run(count: int, seeds: list[bytes], number: int = 1) -> tuple[Counter[str], float]:
    """Check ``count`` mutated documents; verdicts, and the seconds of the slowest check."""
    rng = random.Random(number)  # noqa: S311 - repeatable on purpose
    verdicts: Counter[str] = Counter()
    slowest = 0.0
    for _ in range(count):
        content = mutated(rng.choice(seeds), seeds, rng)
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        began = time.process_time()
        found = check(content, rng.choice(("a.yaml", "a.json", "a")))
        slowest = max(slowest, time.process_time() - began)
        faulthandler.cancel_dump_traceback_later()
        for problem in found.problems:
            problem.sentence("de")
        verdicts[found.verdict] += 1
    return verdicts, slowest


def main() -> None:
    """Run as a program."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    files = [path for folder in sys.argv[2:] for path in Path(folder).rglob("*") if path.is_file()]
    seeds = [*SEEDS, *(path.read_bytes()[:LARGEST] for path in sorted(files))]
    verdicts, slowest = run(count, seeds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count} documents: {dict(verdicts)}; slowest {slowest:.2f} s; {peak:.0f} MB")  # noqa: T201


if __name__ == "__main__":
    main()
