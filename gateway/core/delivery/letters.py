"""What is brought to an agency's system, and what may come of it. The courier's door carries it (`gateway.courier`).

A letter is signed as a detached JWS (RFC 7515, appendix F; EdDSA, RFC 8037) by the gateway's message key, whose public
half recipients pin. The protected header names the message and the recipient, so that neither can be exchanged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from gateway.core.crypto.keys import MessageSigner
from gateway.core.crypto.sealed_message import key_id
from gateway.core.encoding import base64url
from gateway.core.endpoints import Endpoint
from schemas.canonical import canonical_trusted
from schemas.vocabulary import Coded

_TYPE: Final = "gx-message+jws"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message or notice, opened and signed. `steps` of it were done by an earlier try. Never logged.

    `headers` are a hint's own, in place of those that say which message it is.
    """

    message: str
    media_type: str
    body: bytes = field(repr=False)
    signature: str
    steps: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)


class Failure(Coded):
    """Why a letter was not taken."""

    UNREACHABLE = "unreachable", "No connection, or it broke."
    TOO_SLOW = "too_slow", "No whole answer in time."
    ADDRESS_REFUSED = "address_refused", "The address may not be connected to."
    NOT_AUTHORISED = "not_authorised", "The system did not let the gateway in."
    NOT_THERE = "not_there", "Nothing is at that address, or it points elsewhere."
    BUSY = "busy", "The system asked to be tried later."
    FAILING = "failing", "The system failed."
    DECLINED = "declined", "The system will not take this message."
    UNREADABLE = "unreadable", "The message could not be opened or carried."


@dataclass(frozen=True, slots=True)
class Taken:
    """The system has it, and said so. `said` is what it answered, in its own format; `receipt` what it signed."""

    said: bytes = field(default=b"", repr=False)
    media_type: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Declined:
    """The system will never take this message: to be looked at by a person."""

    why: Failure = Failure.DECLINED


@dataclass(frozen=True, slots=True)
class NotTaken:
    """It may be tried again, not before `after` seconds; `steps` are done. With `whole` no other would fare better."""

    why: Failure
    steps: int = 0
    after: float = 0.0
    whole: bool = True


Verdict: TypeAlias = Taken | Declined | NotTaken


class Carrier(Protocol):
    """Carries letters."""

    async def carried(self, endpoint: Endpoint, letter: Letter) -> Verdict:
        """Bring one letter, within bounds of time and size. Raises nothing: whatever happens is a verdict."""
        ...


def signed(signer: MessageSigner, recipient: str, message: str, body: bytes) -> str:
    """Return the detached JWS over a body for that recipient under that message id."""
    kid = key_id("Ed25519", signer.message_public_key())
    protected = canonical_trusted(
        {"alg": "EdDSA", "kid": kid, "message": message, "recipient": recipient, "typ": _TYPE}
    )
    head = base64url(protected)
    return f"{head}..{base64url(signer.sign_message(f'{head}.{base64url(body)}'.encode()))}"
