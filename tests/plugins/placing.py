"""A folder in which an adapter that is not ours is installed, allowed and opened."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from elsewhere import MEDIA_TYPE, PACKAGE, Lines, distribution, found_in, visitor

from adapters.sdk import Inbound
from adapters.sdk.errors import AdapterError
from adapters.sdk.guard import Guard, Limits
from gateway.plugins.crew import Terms
from gateway.plugins.finding import InstalledAdapters

ASKED = Inbound(b'{"needs": []}', MEDIA_TYPE)
PATIENT = Terms(memory=134_217_728, seconds=30.0, to_start=30.0, reserve=False)
HASTY = replace(PATIENT, seconds=0.4)


@dataclass
class Place:
    """A folder for one adapter, and whoever was opened from it."""

    folder: Path
    opened: list[InstalledAdapters]

    def adapter(
        self, lines: Lines | None = None, terms: Terms = PATIENT, limits: Limits | None = None, **more: str
    ) -> Guard:
        """Install, allow and open the visitor, with those lines in it."""
        distribution(self.folder, lines, more={f"{PACKAGE}/{name}.py": text for name, text in more.items()})
        found = found_in(self.folder, terms, limits)
        assert found.left_out == ()
        self.opened.append(found)
        return visitor(found)

    def close(self) -> None:
        """Close what was opened."""
        for found in self.opened:
            found.close()


def refused(adapter: Guard, asked: Inbound = ASKED) -> AdapterError:
    """The refusal of a document."""
    with pytest.raises(AdapterError) as caught:
        adapter.parse(asked)
    return caught.value
