"""Who is told of each answer: the log, and the figures where somebody asks for them."""

from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from gateway.settings import Settings
from gateway.watching.requests import Refusals, Watched, log_request
from gateway.wiring import Gateway

if TYPE_CHECKING:
    from gateway.watching.figures import Figures


def watched(app: ASGIApp, settings: Settings, figures: "Figures | None" = None) -> ASGIApp:
    """Stand around the public application."""
    granted = [log_request] if settings.access_log else []
    counted = [figures.count] if figures else []
    return Watched(app, Refusals().tell, *granted, *counted)


def figures_of(gateway: Gateway) -> "Figures":
    """Return the figures of this process."""
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
