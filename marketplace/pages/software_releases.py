"""The versions of a solution's software as its page shows them, and what came after one's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.adoptions import Adoption, Stage
from catalog.interfaces import InterfaceSpec
from catalog.releases import Release
from catalog.solutions import Solution
from marketplace.pages.reader import Reader
from marketplace.pages.wording import Said, said


@dataclass(frozen=True)
class InterfaceChange:
    """What a version changed in one interface, and where the differences stand."""

    text: str
    href: str
    is_breaking: bool


@dataclass(frozen=True)
class ReleaseRow:
    """A version with its day, notes and files."""

    version: str
    released_on: str
    notes: Said | None
    security: Said | None
    supported_until: str
    is_over: bool
    superseded_by: str
    artifacts: Sequence[tuple[str, str, str]]
    """Kind, address and checksum of each file."""
    interfaces: Sequence[InterfaceChange]
    since_href: str


@dataclass(frozen=True)
class SinceForm:
    """From which version on a reader wants to see what is new; the own one is chosen already."""

    versions: Sequence[tuple[str, str]]
    chosen: str
    own: str
    """Who of the reader's organizations uses which version; empty if none says so."""


def rows(
    known: Sequence[Release],
    specs: Sequence[InterfaceSpec],
    since: str,
    solution: Solution,
    reader: Reader,
) -> Sequence[ReleaseRow]:
    """The releases, or those after ``since`` if there is such a version."""
    names = [each.version for each in known]
    shown = known[: names.index(since)] if since in names else known
    replaced = {each.supersedes: each.version for each in known if each.supersedes}
    return [
        _row(
            each,
            replaced.get(each.version, ""),
            [_changed(spec, solution, reader) for spec in specs if spec.release_id == each.id],
            solution.slug,
            reader,
        )
        for each in shown
    ]


def since_form(
    known: Sequence[Release], uses: Sequence[Adoption], since: str, reader: Reader
) -> SinceForm | None:
    """The question since when, if there are two versions to choose from."""
    if len(known) < 2:
        return None
    names = [each.version for each in known]
    own = next(
        (
            use
            for use in uses
            if use.organization_id in reader.actor.roles
            and use.stage != Stage.ENDED
            and use.release in names
        ),
        None,
    )
    text = reader._("%(body)s uses version %(version)s.")
    return SinceForm(
        versions=[(name, name) for name in names],
        chosen=since if since in names else own.release if own else names[1],
        own=text % {"body": own.organization.name, "version": own.release} if own else "",
    )


def artifact_kinds(reader: Reader) -> Mapping[str, str]:
    """What the kinds of files are called."""
    _ = reader._
    return {
        "image": _("Container image"),
        "chart": _("Chart"),
        "archive": _("Archive"),
        "weights": _("Model weights"),
    }


def _row(
    release: Release,
    superseded_by: str,
    changed: Sequence[InterfaceChange],
    slug: str,
    reader: Reader,
) -> ReleaseRow:
    kinds = artifact_kinds(reader)
    until = release.supported_until
    return ReleaseRow(
        release.version,
        reader.day(release.released_on),
        said(release.notes, reader),
        said(release.security, reader),
        reader.day(until) if until else "",
        until is not None and until < reader.today,
        superseded_by,
        [(kinds[each.kind], each.address, each.checksum) for each in release.artifacts],
        changed,
        reader.address("solution", {"since": release.version}, slug=slug) + "#versions",
    )


def _changed(spec: InterfaceSpec, solution: Solution, reader: Reader) -> InterfaceChange:
    parts = {"slug": solution.slug, "id": str(spec.id)}
    breaking = len(spec.breaking)
    if not spec.differences:
        text = reader._("Interface %(name)s, no difference from an earlier version")
        return InterfaceChange(
            text % {"name": spec.name}, reader.address("interface", **parts), is_breaking=False
        )
    text = reader.texts.ngettext(
        "Interface %(name)s: %(num)s change, %(breaking)s of it can break callers",
        "Interface %(name)s: %(num)s changes, %(breaking)s of them can break callers",
        len(spec.differences),
    )
    return InterfaceChange(
        text % {"name": spec.name, "num": len(spec.differences), "breaking": breaking},
        reader.address("interface_differences", **parts),
        is_breaking=breaking > 0,
    )
