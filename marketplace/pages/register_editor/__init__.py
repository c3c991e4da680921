"""Where a body writes its entries of the KI-Transparenzregister, section by section."""

from marketplace.pages.register_editor import classify, messages, mine, overview, section_page

HANDLERS = [
    *mine.HANDLERS,
    *messages.HANDLERS,
    *overview.HANDLERS,
    *section_page.HANDLERS,
    *classify.HANDLERS,
]
