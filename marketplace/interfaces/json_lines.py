"""Where in a JSON text a place is: one walk over the tokens, made only when a line is asked for."""

import json
import re
from collections.abc import Iterable, Iterator

from marketplace.interfaces.places import Pointer

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|\n', re.DOTALL)


def lines(text: str, places: Iterable[Pointer]) -> dict[Pointer, int]:
    """The line of each place; of its nearest surroundings where it has none of its own."""
    asked = list(places)
    wanted = {
        tuple(map(str, place[:length])) for place in asked for length in range(len(place) + 1)
    }
    found: dict[tuple[str, ...], int] = {(): 1}
    deepest = max(map(len, wanted), default=0)
    for path, line in keys(text):
        if len(path) <= deepest and (place := tuple(path)) in wanted:
            found[place] = line
    return {place: _nearest(found, tuple(map(str, place))) for place in asked}


def doubled(text: str) -> list[tuple[Pointer, int]]:
    """Keys that stand twice in one object, with the line of the second."""
    seen: set[tuple[str, ...]] = set()
    result: list[tuple[Pointer, int]] = []
    for path, line in keys(text):
        place = tuple(path)
        if place in seen:
            result.append((place, line))
        seen.add(place)
    return result


def keys(text: str) -> Iterator[tuple[list[str], int]]:
    """Every key and position of a valid JSON text as (path, line); the path is changed in place."""
    path: list[str] = []
    positions: list[int] = []
    line, last = 1, ""
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark == "\n":
            line += 1
        elif mark in "{[":
            positions.append(0 if mark == "[" else -1)
            path.append("0" if mark == "[" else "")
            if mark == "[":
                yield path, line
        elif mark in "}]":
            positions.pop()
            path.pop()
        elif mark == "," and positions[-1] >= 0:
            positions[-1] += 1
            path[-1] = str(positions[-1])
            yield path, line
        elif mark == ":":
            path[-1] = json.loads(last, strict=False) if "\\" in last else last[1:-1]
            yield path, line
        elif mark.startswith('"'):
            last = mark


def _nearest(found: dict[tuple[str, ...], int], place: tuple[str, ...]) -> int:
    while place not in found:
        place = place[:-1]
    return found[place]
