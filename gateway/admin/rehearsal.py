"""A dry run: every check of the real thing, up to the moment it would be written down, and nothing written."""

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import TypeVar

from starlette.requests import Request

from gateway.admin.operations import Operations
from gateway.core.cases.desk import CaseDesk
from gateway.core.consents.desk import Desk
from gateway.core.crypto.keys import KEY_BYTES
from gateway.core.delivery.endpoint_registry import EndpointRegistry
from gateway.core.erasure.erasing import Erasures
from gateway.core.errors import GatewayError
from gateway.core.parties.registry import Registry
from gateway.core.ports import Entropy, Item, PersonKeys

_Result = TypeVar("_Result")


class RehearsedError(GatewayError):
    """Everything was in order and `item` would have been written now."""

    def __init__(self, item: Item[object]) -> None:
        """Keep what would have been written."""
        super().__init__("a dry run ends before it writes")
        self.item = item


class WritesNothing:
    """A recorder (`gateway.core.ports.Recorder`) that gets the last word."""

    def record(self, item: Item[_Result], *, urgent: bool = False) -> Awaitable[_Result]:  # noqa: ARG002 - as its port
        """Raise RehearsedError."""
        raise RehearsedError(item)


@dataclass(frozen=True, slots=True)
class _KeepsNoKey:
    """Person keys (`gateway.core.ports.PersonKeys`) that make a new one without storing it."""

    real: PersonKeys
    entropy: Entropy

    def of(self, person: bytes) -> bytes:
        return self.real.of(person)

    def create(self, person: bytes) -> bytes:  # noqa: ARG002 - as its port
        return self.entropy.bytes(KEY_BYTES)

    def discard(self, person: bytes) -> None:
        """Nothing was stored."""


def is_dry(request: Request) -> bool:
    """Tell whether the operator asked for a dry run."""
    return "dry-run" in request.query_params


def registry(operations: Operations, request: Request) -> Registry:
    """Return the registry; in a dry run one that raises RehearsedError instead of writing."""
    real = operations.registry
    return replace(real, recorder=WritesNothing()) if is_dry(request) else real


def endpoints(operations: Operations, request: Request) -> EndpointRegistry:
    """Return where endpoints are registered; in a dry run over a registry that raises RehearsedError."""
    return replace(operations.endpoints, registry=registry(operations, request))


def desk(operations: Operations, request: Request) -> Desk:
    """Return the desk; in a dry run one that raises RehearsedError instead of writing."""
    real = operations.desk
    if not is_dry(request):
        return real
    return replace(real, recorder=WritesNothing(), person_keys=_KeepsNoKey(real.person_keys, real.entropy))


def cases(operations: Operations, request: Request) -> CaseDesk:
    """Return the desk for case events; in a dry run one that raises RehearsedError instead of writing."""
    real = operations.cases
    if not is_dry(request):
        return real
    return replace(real, recorder=WritesNothing(), person_keys=_KeepsNoKey(real.person_keys, real.entropy))


def erasures(operations: Operations, request: Request) -> Erasures:
    """Return where people are erased; in a dry run one that raises RehearsedError instead of erasing."""
    real = operations.erasures
    return replace(real, desk=desk(operations, request))
