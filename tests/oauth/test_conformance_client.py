"""An OAuth client that we did not write gets a token, uses it and takes it back, over real HTTP on this machine.

oauth4webapi runs under Node and is installed by npm from a lock with hashes. Where either is missing the tests skip and
say so; REQUIRE_NODE=1 makes that a failure.
"""

import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Final

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from oauth.fakes_oauth import SetClock
from oauth.systems_oauth import System
from oauth.world_oauth import Gateway

from gateway.core.access.client_modes import ClientMode
from gateway.core.access.client_rights import ClientRights
from gateway.core.access.token_details import DETAILS_TYPE
from gateway.core.callers import CallerRefusedError
from gateway.oauth.ports import UseOutcome
from gateway.oauth.profile import Profile

RECORDS: Final = "https://records.example"
CLIENT: Final = Path(__file__).parent / "node"
pytestmark = [pytest.mark.enable_socket, pytest.mark.slow]


class RunningClock(SetClock):
    def now(self) -> datetime:
        return datetime.now(UTC)

    @property
    def seconds(self) -> int:
        return int(self.now().timestamp())


def absent(what: str) -> None:
    """Skip, or fail where a run must not pass by absence."""
    if os.environ.get("REQUIRE_NODE") == "1":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Install the client into a folder of its own; return the command that runs it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        absent("no independent client: node and npm are not here")
    folder = tmp_path_factory.mktemp("client")
    for name in ("package.json", "package-lock.json", "client.mjs"):
        shutil.copy(CLIENT / name, folder)
    command = [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120).returncode:
        absent("no independent client: npm could not install it")
    return [str(node), str(folder / "client.mjs")]


def an_api(gateway: Gateway) -> FastAPI:
    """Put a protected route beside the OAuth routes, as the web door will."""
    app = gateway.app

    @app.post("/api/referrals")
    async def accept(request: Request) -> JSONResponse:
        nonce = {"DPoP-Nonce": gateway.verifier.fresh_nonce()}
        headers = request.headers
        try:
            caller = gateway.verifier.verify(
                headers.getlist("authorization"), headers.getlist("dpop"), request.method, request.scope["path"]
            )
        except CallerRefusedError as error:
            return JSONResponse({}, 401, {**nonce, "WWW-Authenticate": error.challenge})
        used = await gateway.once.use(proofs=[caller.proof], client_id=caller.client_id, token_jti=caller.token_jti)
        return JSONResponse({"agency": caller.agency}, 201 if used is UseOutcome.FRESH else 401, nonce)

    return app


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """Serve a gateway on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    made = Gateway(clock=RunningClock(), profile=Profile(origin, f"{origin}/api"))
    server = uvicorn.Server(uvicorn.Config(an_api(made), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        sleep(0.01)
    yield made
    server.should_exit = True
    thread.join(10)
    listener.close()


@pytest.mark.parametrize("algorithm", ["ES256", "Ed25519", "PS256"])
def test_an_independent_client_gets_uses_and_revokes_a_token(
    gateway: Gateway, client: list[str], algorithm: str
) -> None:
    system = System(gateway.clock, f"independent-{algorithm}", algorithm)
    gateway.join(system, rights=ClientRights(resources=frozenset({RECORDS})))
    server = gateway.a_system(
        "records",
        mode=ClientMode.RESOURCE_SERVER,
        scopes=frozenset(),
        rights=ClientRights(audience=RECORDS),
    )
    details = [{"type": DETAILS_TYPE, "actions": ["send"], "recipients": ["river-shelter"]}]
    told = {
        "issuer": gateway.profile.issuer,
        "resource": gateway.profile.resource,
        "clientId": system.client_id,
        "algorithm": algorithm,
        "jwk": system.key.as_dict(private=True),
        "details": details,
        "records": {"audience": RECORDS, "clientId": "records", "jwk": server.key.as_dict(private=True)},
    }
    run = subprocess.run(client, input=json.dumps(told), capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {
        "challenged": [True, False],
        "scopes": ["referrals:send", "inbox:read"],
        "tokenType": "dpop",
        "expiresIn": 300,
        "called": 201,
        "caller": {"agency": f"agency-of-{system.client_id}"},
        "readByTheLibrary": {
            "client": system.client_id,
            "audience": gateway.profile.resource,
            "scope": "referrals:send",
        },
        "granted": details,
        "introspected": {
            "active": True,
            "client": system.client_id,
            "audience": RECORDS,
            "bound": ["jkt"],
            "details": details,
        },
        "foreign": {"active": False},
        "refused": "invalid_scope",
        "revoked": 200,
        "afterwards": "invalid_token",
    }
