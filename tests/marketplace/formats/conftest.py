"""Files of the tests: small registers in each format, written for the purpose."""

from collections.abc import Callable
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def fixture() -> Path:
    """The folder of small registers."""
    return FIXTURES


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., Path]:
    """A file with this content."""

    def build(content: bytes | str, name: str = "file") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return build
