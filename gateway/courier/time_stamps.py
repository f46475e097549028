"""Has a checkpoint dated by a time-stamping authority (RFC 3161) and checks the token against the root given for it.

What is kept is the authority's whole answer, so that `openssl ts -verify` reads it without us.
"""
# ruff: noqa: PLC0415 - the library is an extra (`referral-gateway[timestamps]`), loaded where an authority is configured

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from cryptography.x509 import Certificate

from consent.merkle import TreeHead
from gateway.core.errors import OperatorError
from gateway.core.ports import Clock
from gateway.core.records.anchor_rows import AnchorKind
from gateway.courier.anchors import NotSeenError
from gateway.courier.destinations import Destination
from gateway.courier.fetching import Bounds, asked
from gateway.packaging_guard import with_extra

CLOCKS_DIFFER: Final = timedelta(minutes=5)
_BOUNDS: Final = Bounds(size=65_536, seconds=10.0)
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


@dataclass(frozen=True, slots=True)
class Authority:
    """`gateway.courier.anchors.Anchor` at a registered address; `root` is what its certificate has to lead to."""

    name: str
    place: Destination
    root: Certificate
    clock: Clock

    @property
    def kind(self) -> AnchorKind:
        """It dates."""
        return AnchorKind.TIME_STAMP

    async def vouch(self, _head: TreeHead, note: str, _known: int) -> bytes:
        """Return the authority's answer for these very bytes. Raises NotSeenError, NotFetchedError."""
        from rfc3161_client import TimestampRequestBuilder

        query = TimestampRequestBuilder().data(note.encode()).build()
        headers = {"Content-Type": _QUERY, "Accept": _REPLY}
        given = await asked(self.place, "", headers, _BOUNDS, query.as_bytes())
        if given.status != HTTPStatus.OK or given.media_type != _REPLY:
            raise NotSeenError("authority_refused")
        at = stamped_at(given.body, note, self.root, query.nonce)
        if abs(at - self.clock.now()) > CLOCKS_DIFFER:
            raise NotSeenError("clocks_differ")
        return given.body


def stamped_at(answer: bytes, note: str, root: Certificate, nonce: int | None = None) -> datetime:
    """Return when an authority saw this note. Raises NotSeenError for an answer that does not prove it.

    `nonce` ties an answer to one question; a kept answer is looked at without it.
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    builder = VerifierBuilder().add_root_certificate(root)
    try:
        stamp = decode_timestamp_response(answer)
        (builder if nonce is None else builder.nonce(nonce)).build().verify_message(stamp, note.encode())
    except (ValueError, VerificationError):
        raise NotSeenError("not_its_time_stamp") from None
    else:
        at: datetime = stamp.tst_info.gen_time
        return at


def require_library() -> None:
    """Raise OperatorError where the extra is not installed."""
    try:
        import rfc3161_client
    except ImportError:
        raise OperatorError(f"rfc3161-client is not installed: {with_extra('timestamps')}") from None
    del rfc3161_client
