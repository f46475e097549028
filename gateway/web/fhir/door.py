"""What the FHIR endpoint stands on: the door of all endpoints, the referrals of a party, and its own address."""

from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus

from gateway.core.access.client_modes import FHIR
from gateway.core.adapter_ports import SystemAdapter
from gateway.core.callers import Caller
from gateway.core.tasks import Tasks
from gateway.web.door import Door
from gateway.web.fhir.outcomes import BASE
from gateway.web.problems import BadRequestError


@dataclass(frozen=True)
class FhirDoor:
    """`public_url` is the configured address; none is ever made from a Host header."""

    door: Door
    tasks: Tasks
    public_url: str

    @cached_property
    def base(self) -> str:
        """The FHIR base URL, without a slash at its end."""
        return f"{self.public_url}{BASE}"

    def adapter_of(self, caller: Caller) -> SystemAdapter:
        """Return the FHIR adapter. Raises BadRequestError for an agency whose registration names another format."""
        adapter = self.door.exchange.adapter_of(caller)
        if adapter.manifest.key != FHIR:
            raise BadRequestError(HTTPStatus.FORBIDDEN, "adapter", "not_fhir")
        return adapter
