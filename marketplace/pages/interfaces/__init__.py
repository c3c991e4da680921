"""Interfaces of solutions and of the systems of organizations."""

from marketplace.pages.interfaces import editing, fitting, showing

HANDLERS = [*showing.HANDLERS, *editing.HANDLERS, *fitting.HANDLERS]
