"""A receipt as one text that every tool of the transparency world reads: C2SP tlog-proof, version 1.

Index, path and checkpoint stand in it, with the cosignatures of the witnesses where there are any. The entry itself
goes along as the `extra` data, which nobody vouches for: it is what the proof is tried on.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass

from consent.errors import Fault, UnreadableRecordError

__all__ = ["HEADER", "TlogProof", "parse_tlog_proof", "tlog_proof"]

HEADER = "c2sp.org/tlog-proof@v1"
MOST_HASHES = 63
_INDEX = re.compile("index (0|[1-9][0-9]{0,18})")
_EXTRA = "extra "


@dataclass(frozen=True, slots=True)
class TlogProof:
    """An entry, its place, its path, and the note of the tree it is said to stand in. Nothing of it is proven yet."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    note: str


def tlog_proof(leaf: bytes, index: int, path: Sequence[bytes], note: str) -> str:
    """Write the proof of one entry."""
    steps = "".join(f"{_base64(step)}\n" for step in path)
    return f"{HEADER}\n{_EXTRA}{_base64(leaf)}\nindex {index}\n{steps}\n{note}"


def parse_tlog_proof(text: str) -> TlogProof:
    """Read one by its form alone. Raises `UnreadableRecordError`, also where the entry does not go along."""
    head, blank, note = text.partition("\n\n")
    match head.split("\n"):
        case [header, extra, at, *steps] if (
            blank
            and header == HEADER
            and extra.startswith(_EXTRA)
            and (index := _INDEX.fullmatch(at))
            and len(steps) <= MOST_HASHES
        ):
            path = tuple(_bytes(step) for step in steps)
            return TlogProof(_bytes(extra.removeprefix(_EXTRA)), int(index[1]), path, note)
        case _:
            raise UnreadableRecordError(Fault.RECEIPT_FORM)


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _bytes(encoded: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except (Base64Error, ValueError) as error:
        raise UnreadableRecordError(Fault.RECEIPT_FORM) from error
