"""Steps of the register of breaches, as rows: codes, ids and moments, never a person and never prose (A-05)."""

from dataclasses import dataclass, field
from datetime import datetime

from schemas.breach_codes import BreachStep
from schemas.documents import Document


@dataclass(frozen=True, slots=True)
class BreachStepRow:
    """One step of one entry, by the officer who wrote it down; `terms` are those of its step."""

    breach: str
    step: BreachStep
    officer: str
    at: datetime
    terms: Document = field(default_factory=dict)
