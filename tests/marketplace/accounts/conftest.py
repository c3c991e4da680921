"""A sign-in service on the loopback address: the certified provider of npm, set up by a script."""

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from joserfc.jwk import RSAKey

from catalog.permissions import Role
from marketplace.accounts import openid
from marketplace.accounts.openid_providers import GroupRole, Provider
from marketplace.settings import ROOT

NODE = "https://node.example"
RETURN = f"{NODE}/openid/rathaus"


@dataclass(frozen=True)
class Service:
    """The running service, how this node knows it, and the key it signs with."""

    provider: Provider
    key: RSAKey

    def sign_in(self, address: str, name: str) -> str:
        """What a browser does there: go to ``address``, sign in, agree; the way back."""
        with httpx.Client(follow_redirects=False, timeout=20) as browser:
            answer = browser.get(address)
            for _ in range(12):
                if answer.is_redirect:
                    to = urljoin(str(answer.url), answer.headers["location"])
                    if to.startswith(NODE):
                        return to
                    answer = browser.get(to)
                    continue
                assert answer.status_code == 200, answer.text
                form = re.search(r'action="([^"]+)"', answer.text)
                prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
                assert form
                assert prompt
                data = {"prompt": prompt[1], "login": name, "password": "beliebig"}
                answer = browser.post(urljoin(str(answer.url), form[1]), data=data)
        raise AssertionError("The service did not lead back.")


@pytest.fixture(scope="session")
def running_service() -> Iterator[Service]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}, private=True)
    client = {
        "client_id": "lichtermeer",
        "client_secret": "a secret of these tests",
        "redirect_uris": [RETURN],
        "post_logout_redirect_uris": [f"{NODE}/de"],
    }
    node = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")
    setting = json.dumps({"port": port, "client": client, "key": key.as_dict(private=True)})
    program = Path(__file__).with_name("sign_in_service.mjs")
    with subprocess.Popen(  # noqa: S603 - our own program
        [node, program, setting], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == "ready"
        provider = Provider(
            name="rathaus",
            label="Anmeldung der Stadt",
            issuer=f"http://127.0.0.1:{port}",
            client_id=client["client_id"],  # type: ignore[arg-type]
            client_secret=client["client_secret"],  # type: ignore[arg-type]
            scopes=("openid", "email", "profile", "groups"),
            groups={
                "ki-redaktion": GroupRole("stadt-auenrode", Role.EDITOR),
                "ki-leitung": GroupRole("stadt-auenrode", Role.LEAD),
            },
        )
        yield Service(provider, key)
        process.terminate()


@pytest.fixture
def service(running_service: Service) -> Service:
    """The service; this node has not heard of it yet."""
    openid.forget()
    return running_service
