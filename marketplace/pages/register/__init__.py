"""The KI-Transparenzregister: list, cards, coverage, and where a body writes its entries."""

from marketplace.pages.register import (
    card,
    coverage_page,
    entry_files,
    entry_list,
    feedback_page,
    sheet_page,
    versions_page,
)

HANDLERS = [
    *entry_list.HANDLERS,
    *card.HANDLERS,
    *feedback_page.HANDLERS,
    *coverage_page.HANDLERS,
    *entry_files.HANDLERS,
    *versions_page.HANDLERS,
    *sheet_page.HANDLERS,
]
