"""Telling an agency that something waits in its inbox, and nothing else: Standard Webhooks around a CloudEvent.

A hint holds no data, no message id and no count; what waits is fetched with the agency's own client, as ever. It is
signed with the endpoint's secret, and with the one before while both are kept, so that a secret can follow another
without a hint that nobody can check.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.core.chance import drawn_share
from gateway.core.crypto.keys import KeyRing, KeyUse
from gateway.core.crypto.pseudonyms import message_id
from gateway.core.delivery.credentials import opened_credential
from gateway.core.delivery.letters import Carrier, Letter, Taken
from gateway.core.delivery.pushing import Turn, pause_after
from gateway.core.delivery.turn_ends import EndTurn
from gateway.core.endpoints import Endpoint
from gateway.core.lanes import HELD_FOR, TOKEN_BYTES, Lane, LaneBook
from gateway.core.ports import Clock, Entropy, Needs, Recorder, Transaction
from schemas.canonical import canonical

SECRET_BYTES: Final = 32
WAITING: Final = "org.referral-gateway.inbox.waiting"
"""The CloudEvents type."""

MEDIA_TYPE: Final = "application/cloudevents+json"

AT_ONCE: Final = 500
"""Messages one hint stands for."""

APART: Final = timedelta(seconds=1)
"""The least time between two hints to one agency: what arrives meanwhile is told of together."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Take the lane, to tell its agency something."""

    lane: Lane

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> bool:
        """Say whether it was free."""
        return transaction.lanes.hold(self.lane, transaction.now + HELD_FOR)


@dataclass(frozen=True, slots=True)
class Hinted:
    """What the agency was told of: nothing, where it could not be."""

    told: tuple[str, ...]

    def write(self, transaction: Transaction) -> None:
        """Note that it was told of these messages."""
        transaction.lanes.note_told(self.told)


@dataclass(frozen=True, slots=True)
class Hinting:
    """Takes turns, as `gateway.core.delivery.pushing` does. `source` is the gateway's public URL."""

    book: LaneBook
    recorder: Recorder
    keys: KeyRing
    clock: Clock
    entropy: Entropy
    carrier: Carrier
    source: str

    async def turn(self, endpoint: Endpoint) -> Turn:
        """Tell one agency, once for all that waits. Raises OperatorError where the database does not take its part."""
        waiting = tuple(self.book.untold(endpoint.agency, self.clock.now(), AT_ONCE))
        lane = Lane(endpoint.agency, self.entropy.bytes(TOKEN_BYTES))
        failures = self.book.failures(endpoint.agency)
        if not waiting or not await self.recorder.record(Hint(lane)):
            return Turn()
        verdict = await self.carrier.carried(endpoint, self._letter(endpoint, waiting))
        now = self.clock.now()
        if isinstance(verdict, Taken):
            held = await self.recorder.record(EndTurn(lane, Hinted(waiting), 0, now + APART))
            return Turn(arrived=1, fenced=not held)
        rest = now + pause_after(endpoint, failures + 1, drawn_share(self.entropy), [verdict])
        held = await self.recorder.record(EndTurn(lane, Hinted(()), failures + 1, rest))
        return Turn(failed=(verdict.why,), fenced=not held)

    def _letter(self, endpoint: Endpoint, waiting: Sequence[str]) -> Letter:
        """Write the hint: the same id for as long as the same messages wait, so a repetition is known as one."""
        digest = self.keys.mac(KeyUse.WEBHOOK, endpoint.agency.encode(), "\n".join(sorted(waiting)).encode())
        name = message_id(digest[:16])
        event = {"specversion": "1.0", "id": name, "source": self.source, "type": WAITING}
        body = canonical({**event})
        secrets = opened_credential(self.keys, endpoint)
        return Letter(name, MEDIA_TYPE, body, "", headers=webhook_headers(secrets, name, self.clock.now(), body))


def webhook_headers(secrets: bytes, name: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """Return the headers of Standard Webhooks 1.0: id, timestamp, and a signature by each of the secrets."""
    stamp = str(int(at.timestamp()))
    signed = b".".join((name.encode(), stamp.encode(), body))
    each = (secrets[at : at + SECRET_BYTES] for at in range(0, len(secrets), SECRET_BYTES))
    made = (base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in each)
    return {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{one}" for one in made),
    }


def written_secret(secret: bytes) -> str:
    """Write a secret as Standard Webhooks libraries take it."""
    return f"whsec_{base64.b64encode(secret).decode()}"
