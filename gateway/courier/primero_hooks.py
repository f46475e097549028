"""The hooks an operator registered: a reviewed file, read once when the gateway starts. Anything wrong in it refuses.

An error says the pointer and the rule, and never what stands there.
"""

import asyncio
import base64
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gateway.core.delivery.hooks import Hook
from gateway.core.errors import OperatorError
from gateway.courier.destinations import Destination, DestinationRefusedError, destination
from gateway.courier.fetching import Bounds, NotFetchedError, fetch
from gateway.settings import Settings
from schemas.vocabulary import Purpose

SMALLEST_SECRET: Final = 16
"""Bytes of a hook's secret: it is all that shows who calls."""

_BOUNDS: Final = Bounds(size=1_048_576, seconds=10.0)
_PAUSES: Final = (0.3, 1.0)
"""Seconds to wait before a case is asked for again, while somebody waits for the answer to a hint."""
_PASSING: Final = frozenset({"busy", "unreachable"})
_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")
_CLIENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_WORDS: Final = frozenset({"agency", "client", "base_url", "to", "purpose", "secret_file", "credential_file"})
_LOOPBACK: Final = "loopback"


@dataclass(frozen=True, slots=True)
class PrimeroCases:
    """`gateway.core.delivery.hooks.Fetch` over the REST interface of Primero v2. `credential` is `user:password`."""

    place: Destination
    credential: bytes = field(repr=False)

    async def fetched(self, record: str) -> tuple[bytes, str]:
        """Return the case of that id, asked for again where Primero is busy for a moment.

        Raises DestinationRefusedError or NotFetchedError.
        """
        basic = base64.b64encode(self.credential).decode()
        headers = {"Authorization": f"Basic {basic}", "Accept": "application/json"}
        for pause in _PAUSES:
            try:
                return await self._got(record, headers)
            except NotFetchedError as error:
                if error.code not in _PASSING:
                    raise
            await asyncio.sleep(pause)
        return await self._got(record, headers)

    async def _got(self, record: str, headers: Mapping[str, str]) -> tuple[bytes, str]:
        return await fetch(self.place, f"/api/v2/cases/{record}", headers, _BOUNDS)


def read_hooks(settings: Settings) -> Mapping[str, Hook]:
    """Return every registered hook by its id; none where no file is named. Raises OperatorError."""
    file = settings.primero_hooks
    if file is None:
        return {}
    try:
        tables = tomllib.loads(_bytes(file, "", forbidden=stat.S_IWGRP | stat.S_IWOTH).decode())
    except ValueError:  # Not TOML, or not UTF-8; raised outside, for the error quotes the file.
        tables = None
    if tables is None:
        raise _wrong("", "toml")
    return {name: _hook(settings, file.parent, name, table) for name, table in tables.items()}


def _hook(settings: Settings, folder: Path, name: str, table: object) -> Hook:
    if _ID.fullmatch(name) is None:
        raise _wrong("", "hook_id")
    if not isinstance(table, dict):
        raise _wrong(f"/{name}", "table")
    words = _words(name, table)
    for word, pattern in (("agency", _ID), ("to", _ID), ("client", _CLIENT)):
        if pattern.fullmatch(words[word]) is None:
            raise _wrong(f"/{name}/{word}", "pattern")
    if words["purpose"] not in {purpose.value for purpose in Purpose}:
        raise _wrong(f"/{name}/purpose", "unknown")
    return Hook(
        id=name,
        agency=words["agency"],
        client=words["client"],
        recipient=words["to"],
        purpose=Purpose(words["purpose"]),
        secret=_secret(settings, folder, name, words, "secret_file"),
        cases=PrimeroCases(
            _place(name, words["base_url"], loopback=table.get(_LOOPBACK, False)),
            _secret(settings, folder, name, words, "credential_file"),
        ),
    )


def _words(name: str, table: Mapping[str, object]) -> dict[str, str]:
    """Return the words of a table, all of which must be there and nothing else."""
    if not table.keys() <= _WORDS | {_LOOPBACK}:
        raise _wrong(f"/{name}", "unknown_member")
    if not isinstance(table.get(_LOOPBACK, False), bool):
        raise _wrong(f"/{name}/{_LOOPBACK}", "type")
    words: dict[str, str] = {}
    for word in sorted(_WORDS):
        said = table.get(word)
        if not isinstance(said, str) or not said:
            raise _wrong(f"/{name}/{word}", "required")
        words[word] = said
    return words


def _place(name: str, base: str, *, loopback: bool) -> Destination:
    try:
        return destination(base, loopback=loopback)
    except DestinationRefusedError as error:
        code = error.code
    raise _wrong(f"/{name}/base_url", code)


def _secret(settings: Settings, folder: Path, name: str, words: Mapping[str, str], member: str) -> bytes:
    """Read a secret that its owner alone may read and that does not lie beside the database."""
    at, file = f"/{name}/{member}", folder / words[member]
    if settings.lies_beside(file) and not settings.demo:
        raise _wrong(at, "beside_the_database")
    secret = _bytes(file, at, forbidden=stat.S_IRWXG | stat.S_IRWXO).rstrip(b"\r\n")
    if len(secret) < SMALLEST_SECRET:
        raise _wrong(at, "too_short")
    return secret


def _bytes(file: Path, at: str, *, forbidden: int) -> bytes:
    """Read a file that others may not do these things with."""
    try:
        with file.open("rb") as opened:
            if file.stat().st_mode & forbidden:
                raise _wrong(at, "open_to_others")
            return opened.read(_BOUNDS.size)
    except OSError:
        raise _wrong(at, "unreadable") from None


def _wrong(pointer: str, rule: str) -> OperatorError:
    place = f" at '{pointer}'" if pointer else ""
    return OperatorError(f"the file of Primero hooks is wrong{place}: {rule}")
