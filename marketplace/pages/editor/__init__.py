"""The editor of solutions: what an organization prepares before readers see it."""

from marketplace.pages.editor import (
    deletion,
    endings,
    file_import,
    history,
    mine,
    overview,
    preview,
    section_page,
    software_versions,
)

HANDLERS = [
    *mine.HANDLERS,
    *overview.HANDLERS,
    *section_page.HANDLERS,
    *preview.HANDLERS,
    *endings.HANDLERS,
    *deletion.HANDLERS,
    *history.HANDLERS,
    *software_versions.HANDLERS,
    *file_import.HANDLERS,
]
