"""What becomes of something a recipient says. Values, not exceptions: every one of them is answered."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from gateway.core.answers import KeyConflict, NotFresh, Repeated
from schemas.documents import Document

RECORDED: Final[Document] = {"outcome": "recorded"}
"""What a recipient is told when it was."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No such message for this recipient; the same answer for another's, an old and an invented one."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """The message is this recipient's, and its state does not allow what was said (M-03)."""


@dataclass(frozen=True, slots=True)
class Told:
    """It was recorded."""


Outcome: TypeAlias = Told | Unknown | NotNow | Repeated | KeyConflict | NotFresh
