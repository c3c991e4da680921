"""Settings from the environment: ``MARKETPLACE_…``, secrets also as ``MARKETPLACE_…_FILE``."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Everything an operator can set; the README holds the same table."""

    model_config = SettingsConfigDict(env_prefix="MARKETPLACE_", extra="ignore")

    database_url: str = ""
    """Address of the database; empty means SQLite in the data folder."""
    data_dir: Path = ROOT / "var"
    """Folder for the SQLite file and the search index."""
    base_url: str = "http://127.0.0.1:8000"
    """Address under which readers reach the node; part of every IRI."""
    source_url: str = ""
    """Where readers find the source code that this node runs; shown in the footer."""
    operator_address: str = ""
    """Postal address of the node's operator, for the imprint."""
    data_license: str = "CC-BY-4.0"
    """Licence of the node's own data as an SPDX identifier; stands in every dump."""
    contact_email: str = ""
    """Mailbox for readers: barriers, errors, questions on privacy."""
    host: str = "127.0.0.1"
    """Address the server listens on."""
    port: int = Field(default=8000, ge=1, le=65535)
    """Port the server listens on."""
    language: Literal["de", "en"] = "de"
    """Language of a visitor who asks for none."""
    log_format: Literal["json", "console"] = "json"
    """Lines for machines or for people."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """From which level on lines are written."""
    secure_cookies: bool = True
    """Send cookies over https only; off for a node on the loopback address."""
    trusted_proxies: str = ""
    """Addresses or networks of proxies, with commas between, whose word on the reader's address
    (``X-Forwarded-For``) counts; empty believes nobody."""
    rate_limit_visitors: int = Field(default=600, ge=0)
    """Requests a minute that one address may send to the API and other costly addresses; 0: any."""
    rate_limit_signed_in: int = Field(default=6_000, ge=0)
    """The same for each API key and each person who is signed in."""
    worker: bool = True
    """Follow the change feed inside the server process; off where a worker of its own runs."""
    embedded_search: bool = True
    """Keep the search index in the data folder; off means plain database search."""
    meilisearch_url: str = Field(default="", pattern=r"^(https?://.+)?$")
    """Address of a Meilisearch server to search with instead of an index in the data folder."""
    meilisearch_key: SecretStr = SecretStr("")
    """The server's key for this node; never its master key."""
    smtp_host: str = ""
    """Mail server; empty keeps mails in the outbox."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    """Port of the mail server."""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """How the way to the mail server is encrypted; none only for one on the same machine."""
    smtp_user: str = ""
    """Name to sign in with at the mail server; empty sends without signing in."""
    smtp_password: SecretStr = SecretStr("")
    """Password for the mail server."""
    mail_sender: str = Field(default="", pattern=r"^([^\s@<>]+@[^\s@<>]+)?$")
    """Address that mails come from; empty takes the mailbox for readers."""
    sign_in: str = Field(
        default="password,passkey,openid",
        pattern=r"^(password|passkey|openid)(,(password|passkey|openid))*$",
    )
    """Ways of signing in that are open, with commas between."""
    registration: bool = True
    """Whether anybody may open an account; off means that people are invited."""
    second_factor: Literal["optional", "leads", "editors"] = "optional"
    """From which role on a second factor is due; moderators and stewards always go with leads."""
    openid_providers: str = ""
    """Sign-in services as JSON; the README describes it."""
    meilisearch_prefix: str = Field(default="lichtermeer", pattern=r"^[A-Za-z0-9_-]{1,60}$")
    """How the names of this node's indexes begin, where nodes share a server."""

    @model_validator(mode="before")
    @classmethod
    def _read_files(cls, values: dict[str, object]) -> dict[str, object]:
        """Take a setting from the file that ``MARKETPLACE_<NAME>_FILE`` names."""
        for name in cls.model_fields:
            path = os.environ.get(f"MARKETPLACE_{name.upper()}_FILE")
            if path:
                values[name] = Path(path).read_text("utf-8").strip()
        return values

    @property
    def database(self) -> str:
        """The address of the database, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'marketplace.db'}"

    @property
    def ways(self) -> frozenset[str]:
        """The ways of signing in that are open."""
        return frozenset(self.sign_in.split(","))

    @property
    def index_dir(self) -> Path:
        """Folder of the embedded search index."""
        return self.data_dir / "search"
