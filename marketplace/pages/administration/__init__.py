"""Administration by the node's steward: health, people, bodies, the node itself, the log."""

from marketplace.pages.administration import announcing, audit, node, overview, people

HANDLERS = [
    *overview.HANDLERS,
    *people.HANDLERS,
    *node.HANDLERS,
    *announcing.HANDLERS,
    *audit.HANDLERS,
]
