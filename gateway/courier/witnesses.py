"""Asks a witness to cosign a checkpoint (C2SP tlog-witness), and believes only what its key has signed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from consent.checkpoint import note, parse_note
from consent.cosignature import WitnessKey, cosigned_at
from consent.errors import ConsentError
from consent.merkle import TreeHead
from consent.witnessing import submission
from gateway.core.ports import Clock
from gateway.core.records.anchor_rows import AnchorKind
from gateway.courier.anchors import CONTRADICTED, NotSeenError
from gateway.courier.destinations import Destination
from gateway.courier.fetching import Bounds, Given, asked

CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""A cosignature of another hour says nothing about this one."""

_BOUNDS: Final = Bounds(size=16_384, seconds=10.0)
_SIZE: Final = "text/x.tlog.size"
_LONGEST: Final = 19  # digits of a size


@dataclass(frozen=True, slots=True)
class Witness:
    """`gateway.courier.anchors.Anchor` at a registered address. `consistency` proves one of our trees from another."""

    key: WitnessKey
    place: Destination
    consistency: Callable[[int, int], tuple[bytes, ...]]
    clock: Clock

    @property
    def name(self) -> str:
        """The name its key signs under."""
        return self.key.name

    @property
    def kind(self) -> AnchorKind:
        """It cosigns."""
        return AnchorKind.COSIGNATURE

    async def vouch(self, head: TreeHead, note: str, known: int) -> bytes:
        """Return the signature lines of this witness. Raises NotSeenError, NotFetchedError, DestinationRefusedError.

        It may know another size than we remember, after a restore or where another node asked it: then it says so, and
        is asked once more.
        """
        given = await self._sent(min(known, head.size), head, note)
        if given.status == HTTPStatus.CONFLICT and given.media_type.partition(";")[0] == _SIZE:
            given = await self._sent(_size_in(given.body, head), head, note)
        if given.status in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}:
            raise NotSeenError(CONTRADICTED)
        if given.status != HTTPStatus.OK:
            raise NotSeenError("witness_refused")
        return self._own(note, given.body)

    async def _sent(self, older: int, head: TreeHead, note: str) -> Given:
        proof = self.consistency(older, head.size) if older else ()
        body = submission(older, proof, note).encode()
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        return await asked(self.place, "/add-checkpoint", headers, _BOUNDS, body)

    def _own(self, own: str, lines: bytes) -> bytes:
        """Take this key's lines out of an answer and try them."""
        try:
            whole = parse_note(own + lines.decode())
            mine = [one for one in whole.signatures if (one.name, one.key_id) == (self.key.name, self.key.key_id)]
            text = note(whole.body, mine)
            at = cosigned_at(text, self.key)
        except (ConsentError, UnicodeDecodeError):
            raise NotSeenError("not_its_signature") from None
        if abs(at - self.clock.now()) > CLOCKS_DIFFER:
            raise NotSeenError("clocks_differ")
        return text.removeprefix(f"{whole.body}\n").encode()


def _size_in(body: bytes, head: TreeHead) -> int:
    """Read the size a witness knows. One that is larger than ours means that our log was cut, or is not that log."""
    said = body.removesuffix(b"\n")
    if not (said.isdigit() and len(said) <= _LONGEST):
        raise NotSeenError("witness_refused")
    if int(said) > head.size:
        raise NotSeenError(CONTRADICTED)
    return int(said)
