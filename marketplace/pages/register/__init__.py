"""The KI-Transparenzregister: list, cards, coverage, and where a body writes its entries."""

from marketplace.pages.register import card, coverage_page, entry_list

HANDLERS = [*entry_list.HANDLERS, *card.HANDLERS, *coverage_page.HANDLERS]
