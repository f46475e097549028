"""Statistical releases as rows: who takes part, who approved, what was released. Never a person (P-04, P-06)."""

from dataclasses import dataclass
from datetime import datetime

from schemas.documents import Document
from schemas.vocabulary import Coded


class ReleaseStep(Coded):
    """What can happen to a release."""

    PROPOSED = "proposed", "An agency's people would be counted in it."
    APPROVED = "approved", "That agency agrees that it leaves the circle."
    RELEASED = "released", "It was made, once; it is never made again."


@dataclass(frozen=True, slots=True)
class ReleaseStepRow:
    """One step of one release: of an agency, or of the whole (`document`, the table as it was released)."""

    release: str
    quarter: str
    step: ReleaseStep
    agency: str | None
    at: datetime
    document: Document | None = None
