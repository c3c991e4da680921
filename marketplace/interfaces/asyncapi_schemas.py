"""The official JSON Schemas of AsyncAPI: which versions there are, and where they are."""

from pathlib import Path

VERSIONS = (
    "2.0.0", "2.1.0", "2.2.0", "2.3.0", "2.4.0", "2.5.0", "2.6.0", "3.0.0", "3.1.0",
)  # fmt: skip
BUILT = Path(__file__).parents[1] / "static" / "built"


def name(version: str) -> str:
    """The name of a version's schema among the built files."""
    return f"schemas/asyncapi-{version}.json"


def package_path(source: Path, version: str) -> Path:
    """Where the installed npm package has a version's schema."""
    # The variant without ids refers to its own parts only, so that nothing is ever looked up.
    folder = source / "node_modules" / "@asyncapi" / "specs" / "schemas"
    return folder / f"{version}-without-$id.json"


def read(version: str) -> bytes:
    """A version's schema. Raises ``RuntimeError`` before ``marketplace assets`` was run."""
    path = BUILT / name(version)
    if not path.exists():
        raise RuntimeError("The schemas are not built yet. Run: marketplace assets")
    return path.read_bytes()
