"""HTML pages, one module per noun, with templates in folders of the same names.

A handler asks the domain, fills a frozen dataclass with plain values and renders a template with
it. Templates receive answers, never objects to interrogate.
"""
