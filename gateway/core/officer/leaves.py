"""What the log says about officers: random ids, roles and actions; no name and no address."""

from collections.abc import Iterable
from datetime import datetime

from gateway.core.log.leaves import sealed_leaf
from gateway.core.officers import Action, Role
from gateway.core.ports import Entropy
from gateway.core.stages import SealedLeaf
from schemas.documents import Json


def granted(entropy: Entropy, kind: str, at: datetime, officer: str, by: str, roles: Iterable[Role]) -> SealedLeaf:
    """An invitation (`officer.invited`), an enrolment (`officer.enrolled`) or a grant (`officer.role_granted`)."""
    named: list[Json] = [*sorted(roles)]
    return sealed_leaf(entropy, kind, at, {"officer": officer, "by": by, "roles": named})


def revoked(entropy: Entropy, at: datetime, officer: str, by: str) -> SealedLeaf:
    """An officer was revoked."""
    return sealed_leaf(entropy, "officer.revoked", at, {"officer": officer, "by": by})


def passkey(entropy: Entropy, kind: str, at: datetime, officer: str) -> SealedLeaf:
    """An officer has another passkey (`officer.passkey_added`), or one fewer (`officer.passkey_removed`)."""
    return sealed_leaf(entropy, kind, at, {"officer": officer})


def approved(entropy: Entropy, at: datetime, officer: str, action: Action) -> SealedLeaf:
    """A passkey was shown for an action. What it was about stands in the leaf of the act itself."""
    return sealed_leaf(entropy, "officer.approved", at, {"officer": officer, "action": action})


def looked_up(entropy: Entropy, at: datetime, officer: str) -> SealedLeaf:
    """An officer looked at what is on record."""
    return sealed_leaf(entropy, "officer.looked_up", at, {"officer": officer})


def burst(entropy: Entropy, at: datetime) -> SealedLeaf:
    """Many sign-ins failed in a short time."""
    return sealed_leaf(entropy, "officer.sign_in_burst", at, {})
