"""Adapters as the settings of an installation have them."""

from adapters.sdk.guard import Limits
from gateway.plugins.crew import Terms
from gateway.plugins.finding import Elsewhere, InstalledAdapters, installed
from gateway.settings import Settings


def adapters_of(settings: Settings) -> InstalledAdapters:
    """Return what is installed and allowed. Raises OperatorError."""
    terms = Terms(memory=settings.adapter_memory, seconds=settings.adapter_seconds)
    elsewhere = Elsewhere(settings.adapters_allowed_file, settings.adapters_folder, terms)
    return installed(Limits(body=settings.largest_body), elsewhere)
