"""What stands between the gateway and any adapter: only AdapterError leaves, and only what the contract allows returns.

An adapter holds the most sensitive text the gateway ever sees, so its own exceptions are not trusted with a word of it:
they are made again outside the `except` block, without the original's message, cause, context or traceback. The guard
does not limit time or memory: built-in adapters are reviewed, third-party adapters run in a worker process that is
killed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from adapters.sdk.contract import (
    Adapter,
    Inbound,
    Outbound,
    Outgoing,
    OutgoingNotice,
    Parsed,
    ParsedReferral,
    ParsedRevocation,
    ParsedStatus,
    Splitting,
    StatusUpdate,
)
from adapters.sdk.copying import copied
from adapters.sdk.errors import (
    AdapterDefectError,
    AdapterError,
    CannotRenderError,
    MalformedError,
    SubjectUnclearError,
    UnsupportedError,
)
from adapters.sdk.manifest import Direction, Manifest
from schemas.answer_codes import ServiceOutcome
from schemas.documents import Loss
from schemas.vocabulary import ReferralState, RejectionReason

LOSS_KINDS = frozenset({"dropped", "coarsened", "guessed"})
"""What a loss report may say about a path."""

_POINTER = re.compile(r"(/[A-Za-z0-9_:.*@\[\]-]{1,64}){0,40}")
_RULE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_REFERENCE = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_MEDIA_TYPE = re.compile(r"[a-z]{2,20}/[a-z0-9][a-z0-9.+-]{0,79}")
_PASSED_ON: Mapping[type[AdapterError], type[AdapterError]] = {
    kind: kind
    for kind in (AdapterDefectError, CannotRenderError, MalformedError, SubjectUnclearError, UnsupportedError)
}
"""What an adapter may raise. A table and no set: what is raised again is the class that stands here, and not the one
that an adapter's error claims to be."""

_MAX_LOSSES = 2000
_MOST_GROWN = 8
"""How many times the limit of one document all parts of a file may be together: each repeats the heading."""

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes an adapter may be given and may return."""

    body: int = 1_048_576
    output: int = 1_048_576


@dataclass(frozen=True, slots=True)
class Guard:
    """An adapter inside its guard; itself an Adapter, so nobody else needs to know."""

    adapter: Adapter
    limits: Limits = Limits()

    @property
    def manifest(self) -> Manifest:
        """What the adapter says about itself."""
        return self.adapter.manifest

    def parse(self, inbound: Inbound) -> Parsed:
        """Read a sender's document; the document returned is a copy the adapter holds no reference to."""
        taken = self._taken(inbound)
        return _run(lambda: _checked_parsed(self.adapter.parse(taken)))

    def split(self, inbound: Inbound) -> tuple[Inbound, ...]:
        """Take a file of several records apart. Raises UnsupportedError where the format has one in each document."""
        taken, adapter = self._taken(inbound), self.adapter
        if not isinstance(adapter, Splitting):
            raise UnsupportedError("", "one_record")
        return _run(lambda: _checked_parts(adapter.split(taken), self.limits.output))

    def render(self, outgoing: Outgoing) -> Outbound:
        """Write a recipient's document; the adapter is given a copy, so that it cannot change the original."""
        self._require(Direction.RENDER)
        own = Outgoing(outgoing.envelope, copied(outgoing.document))
        return _run(lambda: self._checked_outbound(self.adapter.render(own), self.manifest.outgoing_media_type))

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Write an answer for the original sender."""
        self._require(Direction.STATUS)
        return _run(lambda: self._checked_outbound(self.adapter.render_status(update), None))

    def render_notice(self, notice: OutgoingNotice) -> Outbound:
        """Write what takes an earlier message back, corrects or restricts it."""
        self._require(Direction.NOTICE)
        return _run(lambda: self._checked_outbound(self.adapter.render_notice(notice), None))

    def _taken(self, inbound: Inbound) -> Inbound:
        """Look at what can be told from outside: direction, size and media type."""
        self._require(Direction.PARSE)
        if len(inbound.body) > self.limits.body:
            raise MalformedError("", "too_large")
        media_type = inbound.media_type.partition(";")[0].strip().lower()
        if media_type not in self.manifest.media_types:
            raise UnsupportedError("", "media_type")
        return replace(inbound, media_type=media_type)

    def _require(self, direction: Direction) -> None:
        if direction not in self.manifest.directions:
            raise UnsupportedError("", "direction")

    def _checked_outbound(self, outbound: Outbound, media_type: str | None) -> Outbound:
        if type(outbound) is not Outbound or type(outbound.body) is not bytes:
            raise AdapterDefectError("", "result_type")
        expected = outbound.media_type if media_type is None else media_type
        if outbound.media_type != expected or _matching(expected, _MEDIA_TYPE) is None:
            raise AdapterDefectError("", "result_media_type")
        if len(outbound.body) > self.limits.output:
            raise CannotRenderError("", "too_large")
        return Outbound(outbound.body, outbound.media_type, _checked_losses(outbound.losses))


def _run(work: Callable[[], _Result]) -> _Result:
    """Return what `work` returns, or raise an AdapterError that remembers nothing of what `work` held."""
    failure: AdapterError
    try:
        return work()
    except KeyboardInterrupt:
        raise
    except AdapterError as error:
        failure = _clean(error)
    except BaseException:  # noqa: BLE001 - an adapter may raise anything, SystemExit too
        failure = AdapterDefectError("", "raised")
    # Raised here and not in the except blocks: `from None` hides the context but keeps it, values and all.
    raise failure


def _clean(error: AdapterError) -> AdapterError:
    """Return the same refusal, newly made, with a pointer and a rule only where they look like one."""
    kind = _PASSED_ON.get(type(error))
    if kind is None:
        return AdapterDefectError("", "error_type")
    pointer = _matching(error.pointer, _POINTER) or ""
    rule = _matching(error.rule, _RULE)
    return AdapterDefectError(pointer, "rule") if rule is None else kind(pointer, rule)


def _matching(claimed: object, pattern: re.Pattern[str]) -> str | None:
    return claimed if isinstance(claimed, str) and pattern.fullmatch(claimed) is not None else None


def _checked_parts(parts: object, limit: int) -> tuple[Inbound, ...]:
    if type(parts) is not tuple or not all(type(part) is Inbound and type(part.body) is bytes for part in parts):
        raise AdapterDefectError("", "result_type")
    if sum(len(part.body) for part in parts) > _MOST_GROWN * limit:
        raise AdapterDefectError("", "result_too_large")
    return parts


def _checked_parsed(parsed: Parsed) -> Parsed:
    """Return an own copy of what an adapter parsed. Raises AdapterDefectError where it breaks the contract."""
    kind = type(parsed)
    if isinstance(parsed, ParsedReferral) and kind is ParsedReferral:
        return ParsedReferral(copied(parsed.document), _checked_losses(parsed.losses))
    if isinstance(parsed, ParsedRevocation) and kind is ParsedRevocation:
        return ParsedRevocation(_checked_reference(parsed.sender_reference), _checked_losses(parsed.losses))
    if isinstance(parsed, ParsedStatus) and kind is ParsedStatus:
        if type(parsed.state) is not ReferralState or type(parsed.reason) not in _reasons_of(parsed.state):
            raise AdapterDefectError("", "result_type")
        reference = None if parsed.reference is None else _checked_reference(parsed.reference)
        return ParsedStatus(reference, parsed.state, parsed.reason, _checked_losses(parsed.losses))
    raise AdapterDefectError("", "result_type")


def _reasons_of(state: ReferralState) -> frozenset[type]:
    """What may go with a state: what came of it with `completed`, and only with it (M-06)."""
    return frozenset({ServiceOutcome} if state is ReferralState.COMPLETED else {RejectionReason, type(None)})


def _checked_reference(reference: object) -> str:
    if not isinstance(reference, str):
        raise AdapterDefectError("", "result_type")
    if _REFERENCE.fullmatch(reference) is None:
        raise MalformedError("", "reference")
    return reference


def _checked_losses(losses: Sequence[Loss]) -> tuple[Loss, ...]:
    if type(losses) is not tuple or len(losses) > _MAX_LOSSES:
        raise AdapterDefectError("", "losses")
    for loss in losses:
        if type(loss) is not Loss or loss.kind not in LOSS_KINDS or _POINTER.fullmatch(loss.path) is None:
            raise AdapterDefectError("", "losses")
    return losses
