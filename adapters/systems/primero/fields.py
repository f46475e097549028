"""Reading one Primero record field by field, so that nothing is read untyped and nothing is left behind unreported."""

from collections.abc import Iterator, Mapping, Sequence

from adapters.sdk import Losses, MalformedError
from adapters.sdk.codes import Document, Json
from adapters.sdk.values import is_writable

_KNOWN = frozenset(
    {
        "address_current",
        "address_is_permanent",
        "address_last",
        "age",
        "case_id",
        "case_id_display",
        "case_status_reopened",
        "consent_for_services",
        "consent_for_tracing",
        "consent_info_sharing",
        "consent_info_sharing_others",
        "consent_reporting",
        "consent_source_other",
        "country_of_birth",
        "country_of_origin",
        "cpims_id",
        "created_at",
        "date_of_birth",
        "disability_type",
        "disclosure_deny_details",
        "disclosure_other_orgs",
        "displacement_status",
        "estimated",
        "ethnicity",
        "family_number",
        "icrc_ref_no",
        "id",
        "information_shared_services",
        "interview_subject",
        "landmark_last",
        "language",
        "legitimate_basis",
        "location_current",
        "location_last",
        "maritial_status",
        "name",
        "name_first",
        "name_last",
        "name_middle",
        "name_nickname",
        "name_other",
        "national_id_no",
        "nationality",
        "note_created_by",
        "note_date",
        "note_subject",
        "note_text",
        "notes",
        "notes_section",
        "occupation",
        "other_agency_id",
        "other_agency_name",
        "other_id_no",
        "other_id_type",
        "owned_by",
        "photos",
        "place_of_birth",
        "protection_concerns",
        "protection_concerns_other",
        "protection_status",
        "ration_card_no",
        "rc_id_no",
        "reason_not_successful",
        "record_id",
        "record_type",
        "registration_date",
        "rejected_reason",
        "rejection_note",
        "religion",
        "risk_level",
        "service_implemented",
        "service_implementing_agency",
        "service_referral_notes",
        "service_response_type",
        "service_status_referred",
        "service_type",
        "services_section",
        "sex",
        "short_id",
        "status",
        "success_status",
        "telephone_current",
        "telephone_last",
        "transitioned_by",
        "transitioned_to",
        "type",
        "un_no",
        "unhcr_export_opt_in",
        "unhcr_id_no",
        "unhcr_individual_no",
        "unhcr_needs_codes",
        "unhcr_protection_code",
        "urgent_protection_concern",
        "withholding_info_other_reason",
        "withholding_info_reason",
    }
)
"""Fields of the seed configuration. Other names are an instance's own and are reported as `*`."""

_STRUCTURE = frozenset({"unique_id", "module_id", "hostname"})
"""Says nothing about her; not reported."""


class Fields:
    """One record. `at` is its pointer; every field looked at is remembered, the rest is reported by `report_rest`."""

    __slots__ = ("_record", "_seen", "at", "losses")

    def __init__(self, record: Document, at: str, losses: Losses) -> None:
        """Begin with nothing looked at."""
        self._record = record
        self._seen: set[str] = set()
        self.at = at
        self.losses = losses

    def pointer(self, name: str) -> str:
        """Return the pointer of a field."""
        return f"{self.at}/{name}"

    def text(self, name: str, limit: int) -> str | None:
        """Return a text, or None when it is empty or, with a loss, longer than our place, not to be written or hidden.

        Primero gives asterisks for a name that somebody asked to hide (`hidden_name`), and a number for a field that an
        instance made one of numbers.
        """
        value = self._take(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise MalformedError(self.pointer(name), "type")
        text = value.strip()
        if len(text) > limit or not is_writable(text) or (text and not text.strip("*")):
            self.dropped(name)
            return None
        return text or None

    def code(self, name: str) -> str | None:
        """Return a lookup id, or None when it is empty."""
        return self.text(name, limit=10_000)

    def codes(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield each lookup id of a multi-select field with its pointer; a single id counts as a list of one."""
        value = self._take(name)
        entries = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
        for index, entry in enumerate(entries):
            at = f"{self.pointer(name)}/{index}" if entries is value else self.pointer(name)
            if entry is None or entry == "":
                continue
            if not isinstance(entry, str):
                raise MalformedError(at, "type")
            yield entry, at

    def number(self, name: str) -> int | None:
        """Return a whole number that is not negative; digits in a string count, as Primero's forms send them."""
        value = self._take(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return int(value.lstrip("0")[:9] or "0")
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise MalformedError(self.pointer(name), "type")
        return value

    def ticked(self, name: str) -> bool:
        """Return whether a box is ticked."""
        match self._take(name):
            case True | "true":
                return True
            case None | False | "false" | "":
                return False
            case _:
                raise MalformedError(self.pointer(name), "type")

    def rows(self, name: str) -> Iterator["Fields"]:
        """Yield each row of a subform."""
        value = self._take(name)
        if value is None:
            return
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise MalformedError(self.pointer(name), "type")
        for index, row in enumerate(value):
            at = f"{self.pointer(name)}/{index}"
            if not isinstance(row, Mapping):
                raise MalformedError(at, "type")
            yield Fields(row, at, self.losses)

    def dropped(self, name: str) -> None:
        """Report a field as lost."""
        self.losses.dropped(self.pointer(name))

    def report_rest(self) -> None:
        """Report every field that holds something and was not looked at."""
        for name, value in self._record.items():
            if name in self._seen or name in _STRUCTURE or _empty(value):
                continue
            self.losses.dropped(self.pointer(name if name in _KNOWN else "*"))

    def _take(self, name: str) -> Json:
        self._seen.add(name)
        return self._record.get(name)


def _empty(value: Json) -> bool:
    return not value and value is not False and value != 0
