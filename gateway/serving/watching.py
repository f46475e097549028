"""Who is told of each answer: the log, and the figures where somebody asks for them."""

from typing import TYPE_CHECKING, Protocol

from starlette.types import ASGIApp

from gateway.settings import Settings
from gateway.watching.reports import Reporter
from gateway.watching.requests import Answered, Refusals, Watched, log_request
from gateway.wiring import Gateway

if TYPE_CHECKING:
    from gateway.watching.figures import Figures


class _Counting(Protocol):
    """Counts answers: the figures, or what tells them of another process."""

    def count(self, answered: Answered) -> None: ...


def watched(app: ASGIApp, settings: Settings, figures: _Counting | None = None) -> ASGIApp:
    """Stand around the public application."""
    granted = [log_request] if settings.access_log else []
    counted = [figures.count] if figures else []
    return Watched(app, Refusals().tell, *granted, *counted)


def figures_of(gateway: Gateway) -> "Figures":
    """Return the figures that the first process tells."""
    from gateway.watching.figures import Figures, Sources  # noqa: PLC0415 - most gateways are asked for none

    writer = gateway.writer
    return Figures(
        Sources(
            confirmed=lambda: (writer.commits, writer.items),
            backlog=gateway.backlog.now,
            leaves=lambda: gateway.log.head().size,
            data=gateway.settings.data,
        )
    )


def reporter_of(gateway: Gateway) -> Reporter | None:
    """Return what tells the first process of this one, where somebody wants figures."""
    writer = gateway.writer
    return None if gateway.settings.metrics_port is None else Reporter(lambda: (writer.commits, writer.items))
