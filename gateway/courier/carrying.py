"""Carries letters to agencies' systems (`gateway.core.delivery.letters`): one document, or steps in their order.

The same message carries the same id at every try: `Idempotency-Key` and `ce-id` (CloudEvents 1.0, binary mode) say it,
and the ids inside are made from it. So whoever keeps ids can tell a repetition; steps that were done are not repeated.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import structlog

from adapters.sdk.contract import RequestStep
from adapters.sdk.errors import AdapterError
from adapters.sdk.writing import STEPS_MEDIA_TYPE, read_steps, write_json
from gateway.core.crypto.keys import MacKeys
from gateway.core.delivery.letters import Declined, Failure, Letter, NotTaken, Taken, Verdict
from gateway.core.endpoints import Endpoint
from gateway.core.errors import GatewayError
from gateway.core.ports import Clock, Entropy
from gateway.courier.calling import Answer, Calls, NotReachedError
from gateway.courier.destinations import DestinationRefusedError, destination
from gateway.courier.showing import Shown

EVENT: Final = "org.referral-gateway.message"
"""The CloudEvents type of whatever is brought; what it is stands inside."""

LONGEST: Final = 20.0
"""Seconds for one letter, its token and all its calls: less than a lane is held, or another courier would begin it
meanwhile, and what came of the first turn would never be written down."""

_JSON: Final = "application/json"
_DONE: Final = range(200, 300)
_NEVER: Final = frozenset({400, 413, 415, 422})
_ELSEWHERE: Final = frozenset({404, 405, 406, 410, *range(300, 400)})
_BUSY: Final = frozenset({408, 409, 423, 425, 429, 503})
_LONGEST_WAIT: Final = 86_400
_DIGITS: Final = 8


@dataclass(slots=True)
class _Place:
    """One agency's system with its connection and what is shown to it."""

    endpoint: Endpoint
    calls: Calls
    shown: Shown


@dataclass(frozen=True, slots=True)
class Carrying:
    """The courier's hands. `source` is the gateway's public URL, which stands in every event."""

    keys: MacKeys
    clock: Clock
    entropy: Entropy
    tls: ssl.SSLContext
    source: str
    _places: dict[str, _Place] = field(default_factory=dict)

    async def carried(self, endpoint: Endpoint, letter: Letter) -> Verdict:
        """Bring one letter. Whatever comes of it is a verdict: without one, nothing behind it would ever be brought."""
        try:
            place, by = await self._place(endpoint), asyncio.get_running_loop().time() + LONGEST
            if letter.media_type == STEPS_MEDIA_TYPE:
                return await self._stepped(place, letter, by)
            return _verdict(await self._in_time(by, place, "POST", "", letter, letter.media_type, letter.body))
        except NotReachedError as error:
            return NotTaken(error.why)
        except DestinationRefusedError:
            return NotTaken(Failure.ADDRESS_REFUSED)
        except AdapterError:
            return Declined(Failure.UNREADABLE)
        except GatewayError:  # The credential does not open: mended by the operator, and worth another try then.
            return NotTaken(Failure.NOT_AUTHORISED)
        except Exception as error:  # noqa: BLE001 - the wall between one letter and its lane
            structlog.get_logger().warning("courier_failed", agency=endpoint.agency, code=type(error).__name__)
            return NotTaken(Failure.FAILING, whole=False)

    async def close(self) -> None:
        """Hang up everywhere."""
        for place in self._places.values():
            await place.calls.close()
        self._places.clear()

    async def _place(self, endpoint: Endpoint) -> _Place:
        """Return the kept connection, or a new one where the endpoint was registered anew."""
        known = self._places.get(endpoint.agency)
        if known is not None and known.endpoint == endpoint:
            return known
        if known is not None:
            await known.calls.close()
        calls = Calls(destination(endpoint.url, loopback=endpoint.loopback), self.tls)
        made = _Place(endpoint, calls, Shown(endpoint, self.keys, self.clock, self.entropy, self.tls))
        self._places[endpoint.agency] = made
        return made

    async def _stepped(self, place: _Place, letter: Letter, by: float) -> Verdict:
        """Make the calls that are left. One that makes what is there already is done: its id is the message's."""
        steps, verdict = read_steps(letter.body), _verdict(Answer(HTTPStatus.OK, {}, b""))
        for number, step in enumerate(steps):
            if number < letter.steps:
                continue
            try:
                path, body = f"/{step.path}", write_json(step.body)
                answer = await self._in_time(by, place, step.method, path, letter, _JSON, body)
            except NotReachedError as error:
                return NotTaken(error.why, number)
            there = step.method == "POST" and answer.status == HTTPStatus.CONFLICT and _names_its_own(step)
            verdict = Taken() if there else _verdict(answer, number)
            if not isinstance(verdict, Taken):
                return verdict
        return verdict

    async def _in_time(
        self, by: float, place: _Place, method: str, path: str, letter: Letter, media_type: str, body: bytes
    ) -> Answer:
        """Call, unless it takes until after that moment of the loop's clock. Raises NotReachedError then, too."""
        try:
            async with asyncio.timeout_at(by):
                return await self._called(place, method, path, letter, media_type, body)
        except TimeoutError:
            raise NotReachedError(Failure.TOO_SLOW) from None

    async def _called(
        self, place: _Place, method: str, path: str, letter: Letter, media_type: str, body: bytes
    ) -> Answer:
        """Call once; once more where the system did not know who calls and may know better now."""
        url = place.endpoint.url.rstrip("/") + path
        said = self._headers(letter, media_type)
        answer = await place.calls.call(method, path, {**await place.shown.headers(method, url), **said}, body)
        if answer.status == HTTPStatus.UNAUTHORIZED and place.shown.refused(answer, url):
            answer = await place.calls.call(method, path, {**await place.shown.headers(method, url), **said}, body)
        return answer

    def _headers(self, letter: Letter, media_type: str) -> Mapping[str, str]:
        if letter.headers:
            return {"Content-Type": media_type, **letter.headers}
        return {
            "Content-Type": media_type,
            "Accept": "application/fhir+json, application/json;q=0.9, */*;q=0.1",
            "Idempotency-Key": letter.message,
            "GX-Signature": letter.signature,
            "ce-specversion": "1.0",
            "ce-id": letter.message,
            "ce-type": EVENT,
            "ce-source": self.source,
        }


def _names_its_own(step: RequestStep) -> bool:
    """Say whether the step itself says under which id something is made; only then does "there already" mean this."""
    data = step.body.get("data")
    return isinstance(data, Mapping) and isinstance(data.get("id"), str)


def _verdict(answer: Answer, steps: int = 0) -> Verdict:
    """Say what a status means. Only what cannot be about anything but this message declines it for good."""
    status = answer.status
    if status in _DONE:
        return Taken(answer.body, answer.media_type, answer.headers.get("gx-receipt", ""))
    if status in _NEVER:
        return Declined()
    if status in _ELSEWHERE:
        return NotTaken(Failure.NOT_THERE, steps)
    if status in _BUSY:
        return NotTaken(Failure.BUSY, steps, _after(answer), whole=status != HTTPStatus.CONFLICT)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return NotTaken(Failure.FAILING, steps, _after(answer), whole=False)
    return NotTaken(Failure.NOT_AUTHORISED, steps)


def _after(answer: Answer) -> float:
    """Return the seconds of Retry-After (RFC 9110 section 10.2.3); a date is not believed."""
    said = answer.headers.get("retry-after", "")
    return float(min(int(said), _LONGEST_WAIT)) if said.isascii() and said.isdecimal() and len(said) <= _DIGITS else 0.0
