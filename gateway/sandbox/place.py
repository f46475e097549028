"""What the sandbox's commands share: one file in its folder that says where it answers and who lives in it.

Everything in the folder was made for one run and is worth nothing after it. No setting of an installation is read.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from gateway.core.errors import OperatorError

NAME: Final = ".sandbox"
"""Where it lies, in the current directory; git ignores it."""
_FILE: Final = "place.json"


@dataclass(frozen=True, slots=True)
class Resident:
    """One agency of the sandbox, and the invented people it may refer.

    `client` and `smart` are its OAuth clients; it has the second where it speaks FHIR, or it is empty. `sealing` is its
    private sealing key (raw, in hexadecimal) or empty. `sends` are (recipient, purpose) pairs.
    """

    id: str
    title: str
    function: str
    adapter: str
    client: str
    smart: str
    sealing: str
    people: tuple[str, ...]
    sends: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A sandbox that runs: its URL, the gateway's public message key (in hexadecimal), and its agencies."""

    root: Path
    url: str
    message_key: str
    residents: Mapping[str, Resident]

    def resident(self, agency: str) -> Resident:
        """Return one agency. Raises OperatorError."""
        found = self.residents.get(agency)
        if found is None:
            raise OperatorError(f"the sandbox has no such agency; it has {', '.join(sorted(self.residents))}")
        return found

    def key_file(self, client: str) -> Path:
        """Where a system's private key lies."""
        return self.root / "clients" / f"{client}.json"

    def keep(self) -> None:
        """Write the file, for this user alone."""
        file = self.root / _FILE
        file.touch(mode=0o600)
        residents = [asdict(one) for one in self.residents.values()]
        file.write_text(json.dumps({"url": self.url, "message_key": self.message_key, "residents": residents}))


def place(root: Path) -> Place:
    """Return the sandbox that runs in that folder. Raises OperatorError when none was opened there."""
    try:
        told = json.loads((root / _FILE).read_text())
    except (OSError, ValueError):
        raise OperatorError("no sandbox was opened in this directory") from None
    residents = {
        one["id"]: Resident(
            **{**one, "people": tuple(one["people"]), "sends": tuple((to, why) for to, why in one["sends"])}
        )
        for one in told["residents"]
    }
    return Place(root, told["url"], told["message_key"], residents)
