"""The courier around a connected gateway, and what the operator does about it."""

from gateway.core.delivery.endpoint_registry import EndpointRegistry
from gateway.core.delivery.hinting import Hinting
from gateway.core.delivery.pushing import Pushing
from gateway.core.delivery.rerunning import DeadLetters
from gateway.courier.carrying import Carrying
from gateway.courier.destinations import DestinationRefusedError, destination
from gateway.courier.fetching import trusted
from gateway.courier.rounds import Rounds
from gateway.store.reading.courier import CourierReader
from gateway.wiring.gateway import Gateway


def rounds(gateway: Gateway) -> Rounds:
    """Return the courier: it goes round once it is run."""
    base, lanes = gateway.base, CourierReader(gateway.base.reading)
    carrying = Carrying(base.ring, base.clock, base.entropy, trusted(), base.settings.public_url)
    pushing = Pushing(gateway.door.dispatch, base.adapters, lanes, carrying, gateway.door.answering.receipts)
    url = base.settings.public_url
    hinting = Hinting(lanes, base.writer, base.ring, base.clock, base.entropy, carrying, url)

    def may_bring() -> bool:
        base.server_clock.require()
        return gateway.steadiness.may_bring()

    return Rounds(lanes, pushing, hinting, carrying, base.clock, may_bring)


def endpoints(gateway: Gateway) -> EndpointRegistry:
    """Return where agencies' own systems are registered."""
    return EndpointRegistry(gateway.registry, gateway.base.ring, CourierReader(gateway.base.reading), _unfit)


def dead_letters(gateway: Gateway) -> DeadLetters:
    """Return the operator's side of what was given up."""
    base = gateway.base
    return DeadLetters(CourierReader(base.reading), base.writer, base.entropy, base.clock)


def _unfit(address: str, loopback: bool) -> str | None:  # noqa: FBT001 - as the registry calls it
    """Say why nothing may be brought to an address; None where something may."""
    try:
        destination(address, loopback=loopback)
    except DestinationRefusedError as error:
        return error.code
    return None
