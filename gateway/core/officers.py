"""People who sign in: what they may do, and what makes two of them two (DESIGN section 5)."""

from dataclasses import dataclass

from schemas.vocabulary import Coded


class Role(Coded):
    """What a person who signs in is trusted with; granted by somebody else."""

    DPO = "dpo", "Data-protection officer: reviews what was disclosed and why."
    SECOND_APPROVER = "second_approver", "The second of two persons, where a rule asks for two."
    CASEWORKER = "caseworker", "Works for an agency with the people it cares for."
    ADVOCATE = "advocate", "Speaks for a person, for no agency."
    GUARDIAN = "guardian", "Represents a child."
    OPERATOR = "operator", "Runs the gateway."


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who has signed in. `agency` is whose person he or she is, None for nobody's."""

    id: str
    agency: str | None
    roles: frozenset[Role]
    enrolled_by: str | None = None

    def may_second(self, author: str) -> bool:
        """Say whether this is a second person beside `author`: somebody else, and enrolled by somebody else."""
        return author not in {self.id, self.enrolled_by}
