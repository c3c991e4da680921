"""Keys of a Meilisearch server with the least rights: one for reading, one for following.

Whoever holds the master key can do everything on the server, so no node holds it. It is used once,
to make two keys that are bound to the indexes of one node. A process that only answers readers
needs the first, the one that follows the change feed needs the second.
"""

from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from marketplace.search.meilisearch_answers import Key
from marketplace.search.meilisearch_client import Client, ServerRefused

READING = ("search",)
"""What a process does that only answers."""

FOLLOWING = (
    *READING,
    "documents.add",
    "documents.delete",
    "indexes.create",
    "indexes.delete",
    "indexes.get",
    "indexes.swap",
    "settings.update",
    "tasks.get",
)
"""What a process does that also follows the change feed and builds indexes."""


@dataclass(frozen=True)
class Keys:
    """The two keys of a node."""

    reading: str = field(repr=False)
    following: str = field(repr=False)


def make(client: Client, prefix: str) -> Keys:
    """The keys for the indexes that begin with ``prefix``, made with the master key.

    Made again they are the same. Raises ``ServerRefused`` if ``client`` may not make keys.
    """
    return Keys(
        _key(client, prefix, "reading", READING), _key(client, prefix, "following", FOLLOWING)
    )


def _key(client: Client, prefix: str, purpose: str, actions: tuple[str, ...]) -> str:
    uid = str(uuid5(NAMESPACE_URL, f"meilisearch:{prefix}:{purpose}"))
    wanted = {
        "uid": uid,
        "name": f"{prefix}: {purpose}",
        "actions": list(actions),
        "indexes": [f"{prefix}-*"],
        "expiresAt": None,
    }
    try:
        made = client.ask(Key, "/keys", wanted)
    except ServerRefused as refused:
        if refused.code != "api_key_already_exists":
            raise
        made = client.ask(Key, f"/keys/{uid}")
    return made.key
