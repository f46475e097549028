"""Talks to the gateway that runs, at its own socket; when none runs, to the same application in this process.

In the process means under the folder's lock, so that there is one writer either way. A change is sent once: when the
answer is lost, nobody knows whether it was made, and a person must look before trying again.
"""

# ruff: noqa: PLC0415 - what only a conversation needs is imported when there is one: `serve` and `--help` hold none

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from gateway import logs
from gateway.cli.failures import DOCTOR, CommandFailedError, Exit, of_installation, of_problem, unreachable
from gateway.core.errors import OperatorError
from gateway.installation.folder import InUseError, exclusive
from gateway.settings import Settings, read

if TYPE_CHECKING:
    import httpx

    from gateway.wiring import Gateway

_Result = TypeVar("_Result")

PATIENCE: Final = 5.0
"""Seconds to wait for another command to let the folder go, or for a gateway that is starting to answer."""

_GLANCE: Final = 0.1
_TIMEOUT: Final = 30.0
_OK: Final = 200
_BASE: Final = "http://gateway"  # Never resolved: both transports go where they go.


class Session:
    """One conversation with the operator's door."""

    def __init__(self, client: "httpx.AsyncClient", *, serves: bool) -> None:
        """Talk through this client; `serves` says whether what it reaches goes on working when this ends."""
        self._client = client
        self.serves = serves

    async def get(self, path: str, **query: str | int) -> dict[str, object]:
        """Ask. Raises CommandFailedError for every answer but 200."""
        return _document(await self._send("GET", path, dict(query)))

    async def get_bytes(self, path: str, **query: str | int) -> bytes:
        """Ask for bytes as they are. Raises CommandFailedError for every answer but 200."""
        return (await self._send("GET", path, dict(query))).content

    async def post(
        self, path: str, body: Mapping[str, object] | bytes, *, dry_run: bool = False, key: str = "", **query: str
    ) -> dict[str, object]:
        """Ask for a change; `body` is JSON, or bytes as they were read. Raises like `get`."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        asked: dict[str, str | int] = {**query, **({"dry-run": "1"} if dry_run else {})}
        headers = {"Idempotency-Key": key} if key else {}
        return _document(await self._send("POST", path, asked, content, headers))

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int],
        content: bytes = b"",
        headers: Mapping[str, str] = {},
    ) -> "httpx.Response":
        response = await self._client.request(method, path, params=query, content=content, headers=headers)
        if response.status_code != _OK:
            raise of_problem(response.status_code, _document(response))
        return response


async def changed(
    session: Session, path: str, body: Mapping[str, object], *, dry_run: bool
) -> tuple[dict[str, object], bool]:
    """Ask for a change, and say whether somebody goes on with what it began."""
    return await session.post(path, body, dry_run=dry_run), session.serves


def settings() -> Settings:
    """Read the settings. Raises CommandFailedError."""
    try:
        return read()
    except OperatorError as error:
        raise of_installation(error) from None


def talk(conversation: Callable[[Session], Awaitable[_Result]], chosen: Settings | None = None) -> _Result:
    """Hold one conversation with the gateway of these settings, wherever it runs. Raises CommandFailedError."""
    where = chosen or settings()
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with exclusive(where.data):
                return _here(where, conversation)
        except InUseError:
            if (answered := asyncio.run(_there(where, conversation))) is not None:
                return answered[0]
        except OperatorError as error:
            raise of_installation(error) from None
        if time.monotonic() > deadline:
            raise unreachable("Something holds the data folder, and no gateway answers at its socket.")
        time.sleep(_GLANCE)


def _here(where: Settings, conversation: Callable[[Session], Awaitable[_Result]]) -> _Result:
    """Open the databases in this process."""
    from gateway.wiring import build

    logs.configure(level=logging.CRITICAL)
    gateway = build(where)
    gateway.start()
    try:
        return asyncio.run(_in_process(gateway, conversation))
    finally:
        gateway.close()


async def _there(where: Settings, conversation: Callable[[Session], Awaitable[_Result]]) -> tuple[_Result] | None:
    """Talk to the running gateway; None when nothing answers at its socket."""
    import ssl

    import httpx

    # A socket speaks no TLS; to read whom the web trusts would take longer than to ask.
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    transport = httpx.AsyncHTTPTransport(verify=nobody, uds=str(where.socket))
    try:
        async with httpx.AsyncClient(transport=transport, base_url=_BASE, timeout=_TIMEOUT, trust_env=False) as client:
            try:
                await client.get("/livez", timeout=PATIENCE)
            except httpx.TransportError:
                return None
            return (await conversation(Session(client, serves=True)),)
    except httpx.TransportError:
        raise unreachable("The gateway stopped answering; what was asked may have been done, so look first.") from None


async def _through(
    transport: "httpx.AsyncBaseTransport", conversation: Callable[[Session], Awaitable[_Result]]
) -> _Result:
    import httpx

    async with httpx.AsyncClient(transport=transport, base_url=_BASE, timeout=_TIMEOUT, trust_env=False) as client:
        return await conversation(Session(client, serves=False))


async def _in_process(gateway: "Gateway", conversation: Callable[[Session], Awaitable[_Result]]) -> _Result:
    """Catch up before anything is said, as where it serves."""
    import httpx

    from gateway.app import create_operator_app

    await gateway.catch_up()
    # As on the socket: a defect is an answer, not a traceback.
    transport = httpx.ASGITransport(app=create_operator_app(gateway), raise_app_exceptions=False)
    return await _through(transport, conversation)


def _document(response: "httpx.Response") -> dict[str, object]:
    try:
        document = response.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise CommandFailedError(Exit.PROBLEM, "defect", "What answered is not a gateway of this version.", DOCTOR)
    return document
