"""Filling a submission: every value is a string, and what has no field is reported as lost."""

from uuid import UUID, uuid5

from adapters.sdk import CannotRenderError, Losses
from adapters.sdk.codes import Exploitation, Json
from adapters.systems.uknrm.codes import Codes

_NAMESPACE = UUID("6f1d8c0e-43c4-5a1e-8a55-3c0f3e0b9a21")


class Submission:
    """The submission being filled."""

    __slots__ = ("codes", "fields", "losses")

    def __init__(self, route: str, codes: Codes, losses: Losses) -> None:
        """Begin with the two fields that name the route."""
        self.codes = codes
        self.losses = losses
        kind = next(kind for kind in codes.kind if codes.kind.find(kind) == route)
        self.fields: dict[str, Json] = {"Type": kind, "NRMOrDuty": route}

    def identify(self, message_id: str) -> None:
        """Write the ExternalId, a UUID made from the message id alone."""
        self.fields["ExternalId"] = str(uuid5(_NAMESPACE, message_id))

    def put(self, name: str, value: Json) -> None:
        """Write a text; nothing for None. Raises CannotRenderError for anything else."""
        if value is None:
            return
        if not isinstance(value, str):
            raise CannotRenderError("", "type")
        self.fields[name] = value

    def flag_of(self, form: str) -> str | None:
        """Return the flag that says a form of exploitation just so, or None.

        Sexual exploitation has two flags, each narrower: of a child, where the submission says that she is one, and
        forced prostitution, which is reported as coarsened.
        """
        match form:
            case Exploitation.FORCED_LABOUR:
                return "ComponentForcedToWorkForNothing"
            case Exploitation.SEXUAL if self.fields.get("AdultOrChild") == "Child":
                return "ComponentChildExploitation"
            case Exploitation.SEXUAL:
                self.losses.coarsened("/situation/exploitation/*/type")
                return "ComponentProstitution"
            case Exploitation.CRIMINAL:
                return "ComponentForcedCrime"
            case Exploitation.ORGAN_REMOVAL:
                return "ComponentOrgansRemoved"
            case Exploitation.DOMESTIC_SERVITUDE:
                return "ComponentDomesticServitude"
            case _:
                return None
