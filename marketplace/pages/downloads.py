"""Where a list can be had for programs: its own address with the suffix of a format."""

from dataclasses import replace

from marketplace.pages.frame import NavLink, PageFrame

FORMATS = ("json", "csv", "atom")


def hrefs(page_href: str, formats: tuple[str, ...] = FORMATS) -> tuple[tuple[str, str], ...]:
    """The list behind an address in each format: what to write and where it leads."""
    path, mark, query = page_href.partition("?")
    named = {"json": "JSON", "csv": "CSV", "parquet": "Parquet", "atom": "Atom"}
    return tuple((named[kind], f"{path}.{kind}{mark}{query}") for kind in formats)


def with_feed(page: PageFrame, label: str, page_href: str) -> PageFrame:
    """The frame with the feed of a list, so that feed readers find it by themselves."""
    ((_, href),) = hrefs(page_href, ("atom",))
    return replace(page, feeds=(*page.feeds, NavLink(label, href)))
