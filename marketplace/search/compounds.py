"""Compound words and the parts they are made of ("Abfall|entsorgung|s|planung").

Which words may be parts is read from the lemma dictionary of the installed
package ``simplemma`` (MIT; its lists chiefly from Měchura's lemmatization lists, Open Database
License, and Wiktionary): it is read from the installed package when the assets are
built, never copied into this repository. It knows no frequencies, so its words are ranked by how
many of its own compounds they help to build; some 10,000 of them suffice (measured: 2,000 stems
bring nDCG on the five form classes to 0.91, 5,000 to 0.956, 10,000 and all 27,000 to 0.96).
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from simplemma.strategies import DefaultDictionaryFactory

from marketplace.search.tokens import fold, stem

LINKS = {"de": ("s", "es", "n", "en", "er", "e"), "nl": ("s", "en", "n", "e")}
"""Letters that may stand between two parts, by language."""

STEM_COUNT = {"de": 10_000, "nl": 6_000}
"""How many of the ranked words a splitter takes."""

RANKING_VERSION = 1
"""Part of the name of the derived file; another number derives it anew."""

SHORTEST_PART = 4
LONGEST_STEM = 14
SHORTEST_COMPOUND = 8
SHORTEST_WITH_SHORT_PART = 6

SHORT_PARTS = frozenset(
    ("amt", "bad", "bau", "bus", "ehe", "gas", "hof", "not", "ort", "rad", "rat", "see", "tag")
) | {"weg"}
"""Words of three letters that build the names of municipal things."""

NO_PARTS = frozenset(
    (
        *("chen", "ende", "enden", "ender", "geber", "haft", "heit", "iden", "innen", "ische"),
        *("ischer", "isches", "ismen", "ismus", "isten", "istin", "iten", "keit", "lein", "lich"),
        *("nahme", "schaft", "schaften", "ungen"),
        *("alle", "anders", "durch", "eine", "einen", "einer", "gegen", "hinter", "nach", "nieder"),
        *("ober", "samt", "uber", "unter", "vorder", "weiter", "wider", "zuruck", "zusamm"),
        *("zusammen", "bringen", "fallen", "geben", "gehen", "haben", "halten", "kommen", "lassen"),
        *("laufen", "legen", "machen", "nehmen", "schlagen", "sein", "setzen", "stehen"),
        *("stellen", "tragen", "werden", "ziehen"),
    )
)
"""Endings, prefixes and verbs that a dictionary lists as nouns but that are no parts."""

_NOUN = re.compile(r"[^\W\d_a-z][^\W\d_A-Z]{3,}")
_VERB = re.compile(r"([a-zäöüß]{3,}?(?:er|el)(?=n)|[a-zäöüß]{4,}?(?=en))e?n")
_ADJECTIVE = re.compile(r"[a-zäöüß]{3,}(?:al|iv|ell|är|ig|isch|haft|sam|bar)")
_WORD = re.compile(r"[^\W\d_]{4,}")


class Compounds:
    """Splits compounds of one language into any number of known parts."""

    def __init__(self, language: str, stems: Iterable[str]) -> None:
        self.stems = frozenset(stems) | SHORT_PARTS if language == "de" else frozenset(stems)
        self._stemmed = frozenset(stem(part, language) for part in self.stems)
        self._language = language
        self._links = LINKS[language]
        self.parts = lru_cache(maxsize=131_072)(self._parts)

    def all_parts(self, word: str) -> tuple[str, ...]:
        """The parts of a folded ``word``, each followed by its own parts if it has some."""
        found: list[str] = []
        for part in self.parts(word):
            found += (part, *self.all_parts(part))
        return tuple(found)

    def _parts(self, word: str) -> tuple[str, ...]:
        """The parts of a folded ``word``; empty where it cannot be split whole.

        Fewest parts win, then the split whose shortest part is longest. Linking letters are allowed
        between parts only, never at the end.
        """
        if len(word) < SHORTEST_WITH_SHORT_PART or not word.isalpha():
            return ()
        parts = self._split(word)
        if len(word) < SHORTEST_COMPOUND and not SHORT_PARTS.intersection(parts):
            return ()
        return parts

    def _split(self, word: str) -> tuple[str, ...]:
        shortest = min(map(len, SHORT_PARTS))
        best: list[tuple[int, int, tuple[str, ...]] | None] = [None] * (len(word) + 1)
        best[0] = (0, -LONGEST_STEM, ())
        for end in range(shortest, len(word) + 1):
            for start in range(end - shortest + 1):
                before = best[start]
                if before is None or end - start == len(word):
                    continue
                part = self._part(word[start:end], last=end == len(word))
                if part is None:
                    continue
                split = (before[0] + 1, max(before[1], -len(part)), (*before[2], part))
                known = best[end]
                if known is None or split[:2] < known[:2]:
                    best[end] = split
        whole = best[len(word)]
        return whole[2] if whole else ()

    def _part(self, piece: str, *, last: bool) -> str | None:
        if piece in self.stems:
            return piece
        if last:
            # Plurals and cases end a compound: "Vergabe|unterlagen", "Rad|wege".
            if piece.endswith("innen"):
                return None  # Women's names of professions: "Bürgerinnen" is no compound.
            return piece if stem(piece, self._language) in self._stemmed else None
        if len(piece) > SHORTEST_PART and f"{piece}e" in self.stems:
            return f"{piece}e"  # "Sprach|assistent" is made of "Sprache".
        for link in self._links:
            if piece.endswith(link):
                part = piece[: -len(link)]
                if part in self.stems:
                    return part
        return None


def stems_name(language: str) -> str:
    """The name of the file that keeps the ranked stems of a language."""
    return f"stems-{language}-{version('simplemma')}-{RANKING_VERSION}.txt"


def dictionary_stems(language: str, folder: Path) -> tuple[str, ...]:
    """The most productive stems of the installed dictionary, ranked, from the file in ``folder``.

    Deriving them takes some four seconds, so it is done once for each version of the dictionary and
    of this ranking; the file may be deleted at any time.
    """
    kept = folder / stems_name(language)
    if kept.exists():
        return tuple(kept.read_text(encoding="utf-8").split())
    stems = ranked_stems(_lemmas(language), language)[: STEM_COUNT[language]]
    folder.mkdir(parents=True, exist_ok=True)
    beside = kept.with_suffix(f".{os.getpid()}")
    beside.write_text("\n".join(stems), encoding="utf-8")
    beside.replace(kept)
    return tuple(stems)


def _lemmas(language: str) -> set[str]:
    lemmas = set(DefaultDictionaryFactory(cache_max_size=0).get_dictionary(language).values())
    if language != "de":
        return {fold(lemma) for lemma in lemmas if _WORD.fullmatch(lemma)}
    nouns = {fold(lemma) for lemma in lemmas if _NOUN.fullmatch(lemma)}
    # Verbs begin compounds by their stem: "prüfen" in "Prüfbericht".
    verbs = {fold(found[1]) for lemma in lemmas if (found := _VERB.fullmatch(lemma))}
    adjectives = {fold(lemma) for lemma in lemmas if _ADJECTIVE.fullmatch(lemma)}
    return nouns | verbs | adjectives


def ranked_stems(nouns: Iterable[str], language: str) -> list[str]:
    """Possible parts among folded ``nouns``, those that build most of them first."""
    known = frozenset(nouns)
    candidates = {noun for noun in known if SHORTEST_PART <= len(noun) <= LONGEST_STEM} - NO_PARTS
    used: Counter[str] = Counter()
    for noun in known:
        for at in range(SHORTEST_PART, len(noun) - SHORTEST_PART + 1):
            if noun[at:] in candidates:
                first = _without_link(noun[:at], candidates, LINKS[language])
                if first is not None:
                    used[first] += 1
                    used[noun[at:]] += 1
    return sorted(used, key=lambda stem: (-used[stem], stem))


def _without_link(piece: str, candidates: set[str], links: Sequence[str]) -> str | None:
    if piece in candidates:
        return piece
    for link in links:
        if piece.endswith(link) and piece[: -len(link)] in candidates:
            return piece[: -len(link)]
    return None
