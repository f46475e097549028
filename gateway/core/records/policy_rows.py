"""What happens to country profiles before and when they count, as rows: codes, ids and times; never updated."""

from dataclasses import dataclass
from datetime import datetime

from schemas.documents import Document
from schemas.vocabulary import Coded


class PolicyStep(Coded):
    """What can happen to a profile."""

    PROPOSED = "proposed", "Whoever runs the gateway proposed it."
    APPROVED = "approved", "An officer approved its digest with a passkey."
    IN_FORCE = "in_force", "The gateway started with it for the first time since."


@dataclass(frozen=True, slots=True)
class PolicyStepRow:
    """One step of the profile with that digest. `officer` approved; `profile` and `replay` stand with a proposal."""

    digest: str
    step: PolicyStep
    at: datetime
    officer: str | None = None
    profile: Document | None = None
    replay: Document | None = None
