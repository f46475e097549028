"""The witnesses and authorities an operator named: a reviewed file, read once at the start. Anything wrong refuses.

    needed = 2                                     # so many of them must have seen the log within four hours
    every_minutes = 30

    [witness.ombudsperson]
    key = "witness.example/log+...+..."            # vkey of the witness
    url = "https://witness.example/log"

    [authority.post]
    url = "https://stamps.example/tsr"
    root = "post-root.pem"                         # beside this file

An error says the pointer and the rule, and never what stands there.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography.x509 import Certificate, load_pem_x509_certificate

from consent.cosignature import WitnessKey
from consent.errors import ConsentError
from gateway.core.errors import OperatorError
from gateway.core.ports import Clock
from gateway.courier.anchors import Anchor
from gateway.courier.destinations import Destination, DestinationRefusedError, destination
from gateway.courier.time_stamps import Authority, require_library
from gateway.courier.witnesses import Witness
from gateway.settings import Settings

_OFTENEST, _RAREST = 1, 120
_TOP: Final = frozenset({"needed", "every_minutes", "witness", "authority"})
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")
_LOOPBACK: Final = "loopback"

Consistency = Callable[[int, int], tuple[bytes, ...]]


@dataclass(frozen=True, slots=True)
class Named:
    """Who sees the log from outside, how many of them have to, and how often they are asked."""

    anchors: tuple[Anchor, ...]
    needed: int
    every: timedelta

    @property
    def names(self) -> frozenset[str]:
        """What they are called in the book of anchors."""
        return frozenset(one.name for one in self.anchors)


def read_anchors(settings: Settings, consistency: Consistency, clock: Clock) -> Named:
    """Return whom the operator named; nobody where no file is. Raises OperatorError."""
    if settings.anchors is None:
        return Named((), 0, timedelta())
    tables = _tables(settings.anchors)
    if unknown := tables.keys() - _TOP:
        raise _wrong(f"/{min(unknown)}", "unknown_member")
    witnesses = (_witness(name, table, consistency, clock) for name, table in _named(tables, "witness"))
    folder = settings.anchors.parent
    authorities = (_authority(name, table, folder, clock) for name, table in _named(tables, "authority"))
    anchors: tuple[Anchor, ...] = (*witnesses, *authorities)
    if len({one.name for one in anchors}) != len(anchors):
        raise _wrong("", "same_name")
    needed = _whole(tables, "needed", 1, len(anchors))
    return Named(anchors, needed, timedelta(minutes=_whole(tables, "every_minutes", _OFTENEST, _RAREST)))


def _witness(name: str, table: Mapping[str, str | bool], consistency: Consistency, clock: Clock) -> Witness:
    at = f"/witness/{name}"
    place, words = _place(at, table, "key")
    try:
        return Witness(WitnessKey.parsed(words["key"]), place, consistency, clock)
    except ConsentError:
        raise _wrong(f"{at}/key", "not_a_key") from None


def _authority(name: str, table: Mapping[str, str | bool], folder: Path, clock: Clock) -> Authority:
    at = f"/authority/{name}"
    place, words = _place(at, table, "root")
    require_library()
    return Authority(name, place, _certificate(folder / words["root"], f"{at}/root"), clock)


def _certificate(file: Path, at: str) -> Certificate:
    try:
        return load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError):
        raise _wrong(at, "not_a_certificate") from None


def _place(at: str, table: Mapping[str, str | bool], other: str) -> tuple[Destination, dict[str, str]]:
    """Return the address of a table and its words, all of which must be there and nothing else."""
    if not table.keys() <= {"url", other, _LOOPBACK}:
        raise _wrong(at, "unknown_member")
    words = {word: said for word, said in table.items() if isinstance(said, str) and said}
    if not {"url", other} <= words.keys():
        raise _wrong(at, "required")
    try:
        return destination(words["url"], loopback=table.get(_LOOPBACK) is True), words
    except DestinationRefusedError as error:
        code = error.code
    raise _wrong(f"{at}/url", code)


def _named(tables: Mapping[str, object], kind: str) -> list[tuple[str, Mapping[str, str | bool]]]:
    found = tables.get(kind, {})
    if not isinstance(found, dict) or not all(isinstance(table, dict) for table in found.values()):
        raise _wrong(f"/{kind}", "table")
    if not all(_NAME.fullmatch(name) for name in found):
        raise _wrong(f"/{kind}", "name")
    return list(found.items())


def _whole(tables: Mapping[str, object], name: str, least: int, most: int) -> int:
    said = tables.get(name)
    if not isinstance(said, int) or isinstance(said, bool) or not least <= said <= most:
        raise _wrong(f"/{name}", "number")
    return said


def _tables(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_bytes().decode())
    except OSError:
        raise _wrong("", "unreadable") from None
    except ValueError:
        raise _wrong("", "toml") from None


def _wrong(pointer: str, rule: str) -> OperatorError:
    place = f" at '{pointer}'" if pointer else ""
    return OperatorError(f"the file of witnesses is wrong{place}: {rule}")
