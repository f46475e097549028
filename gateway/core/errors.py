"""Every error the gateway raises, by whose fault it is, so that a door can answer without reading messages.

An error never carries a value from the data: a sentence, a pointer, a rule or a code, and nothing else.
"""

from collections.abc import Sequence
from pathlib import Path


class GatewayError(Exception):
    """The root: whatever the gateway raises on purpose is one of the four below."""


class SenderError(GatewayError):
    """What was sent to us is wrong; the sender can mend it and try again."""


class RecipientError(GatewayError):
    """What the recipient has or holds (key, endpoint, answer) is wrong; the recipient must mend it."""


class OperatorError(GatewayError):
    """The installation is wrong (key ring, file, database, setting); who runs the gateway must mend it."""


class GivenError(OperatorError):
    """What a command was given is wrong (a file, a folder, an address); nothing is wrong with the installation."""


class InTheWayError(GivenError):
    """Something stands in the place of a database that is to be restored; `files` are all of it on this machine."""

    def __init__(self, says: str, files: Sequence[Path] = ()) -> None:
        """Keep what has to be moved away together."""
        super().__init__(says)
        self.files = files


class WaitsForReleaseError(OperatorError):
    """The database was restored, and nobody has released it yet."""


class LostError(OperatorError):
    """One of the two databases is gone and the other is there; `part` is what `restore` calls the lost one."""

    def __init__(self, part: str, says: str) -> None:
        """Keep what is lost."""
        super().__init__(says)
        self.part = part


class SwappedError(OperatorError):
    """Each of the two databases lies where the other belongs: in both, whoever looks finds nothing of what is his."""


class MixedError(OperatorError):
    """The key ring, the data keys and the database are not one installation's."""


class DamagedError(OperatorError):
    """A database is there and cannot be read as one: no waiting and no room mends it, a backup does."""


class NewerError(OperatorError):
    """A newer version of this program made the database; none goes back to an older schema."""


class Defect(GatewayError):  # noqa: N818 - the name says whose fault it is, as its siblings do
    """Our own code broke a promise; nobody outside can mend it."""


class RegistrationRefusedError(SenderError):
    """Something may not be registered; `code` says why and names no value. `faults` are (pointer, rule)."""

    def __init__(self, code: str, faults: Sequence[tuple[str, str]] = ()) -> None:
        """Keep the code, and where it is wrong as far as that is known."""
        super().__init__(code)
        self.code = code
        self.faults = faults
