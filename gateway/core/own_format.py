"""What a caller says or is told in its own format, beside referrals."""

from collections.abc import Callable
from typing import TypeVar

from gateway.core.adapter_ports import SystemAdapter
from gateway.core.callers import Caller
from gateway.core.exchange import Exchange

_Made = TypeVar("_Made")


async def in_own_format(exchange: Exchange, caller: Caller, work: Callable[[SystemAdapter], _Made]) -> _Made:
    """Have the adapter that speaks the caller's format do something, on a thread where it has to be waited for.

    Raises what the work raises, and OperatorError when the adapter has too much to do.
    """
    adapter = exchange.adapter_of(caller)
    return await exchange.adapters.aside(lambda: [adapter.manifest.key], lambda: work(adapter))
