"""HTCDS both ways: a file with one record is read, and a record is written."""

import re
from collections.abc import Mapping, Sequence

from adapters.sdk import (
    Inbound,
    Manifest,
    Outbound,
    Outgoing,
    Parsed,
    StatusUpdate,
    SubjectUnclearError,
    UnsupportedError,
    read_manifest,
)
from adapters.sdk.countries import read_countries
from adapters.sdk.languages import read_languages
from adapters.systems.htcds.choices import read_choices
from adapters.systems.htcds.columns import RECORD_IDS, read_columns, read_table
from adapters.systems.htcds.csv_reading import read_csv
from adapters.systems.htcds.csv_writing import write_csv
from adapters.systems.htcds.read_record import read_record
from adapters.systems.htcds.write_record import write_record

_NAMING = (*RECORD_IDS, "prs_IdentityNumber")
_ROW = re.compile(r"row-([1-9][0-9]{0,3})")


class Htcds:
    """Reads and writes one record."""

    def __init__(self) -> None:
        """Read the manifest and every table."""
        self._manifest = read_manifest("adapters.systems.htcds")
        self._columns = read_columns()
        self._lists = read_choices()
        self._countries = read_countries()
        self._languages = read_languages()

    @property
    def manifest(self) -> Manifest:
        """What this adapter says about itself."""
        return self._manifest

    def parse(self, inbound: Inbound) -> Parsed:
        """Read the record that `inbound.subject` names, or the only one.

        It is named by the survey tool's number of the submission, by prs_IdentityNumber, or as `row-N`, counted from
        the first record.
        """
        records = read_table(read_csv(inbound.body), self._columns)
        return read_record(_one(records, inbound.subject), self._lists, self._countries, self._languages)

    def render(self, outgoing: Outgoing) -> Outbound:
        """Write the heading and the row."""
        cells, losses = write_record(outgoing, self._lists, self._languages)
        return Outbound(write_csv(cells), self._manifest.outgoing_media_type, losses)

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Raise UnsupportedError: the standard has no message about a referral's status."""
        del update
        raise UnsupportedError("", "direction")


def _one(records: Sequence[Mapping[str, str]], subject: str | None) -> Mapping[str, str]:
    found = list(records)
    if subject is not None:
        counted = _ROW.fullmatch(subject)
        found = [
            record
            for number, record in enumerate(records, start=1)
            if (counted is not None and int(counted[1]) == number)
            or any(record.get(name, "").strip() == subject for name in _NAMING)
        ]
    if len(found) != 1:
        raise SubjectUnclearError("/rows")
    return found[0]
