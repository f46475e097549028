"""HTCDS both ways: a file with one record is read, and a record is written."""

import re
from collections.abc import Mapping, Sequence

from adapters.sdk import (
    Inbound,
    Losses,
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
from adapters.sdk.csv_reading import read_csv
from adapters.sdk.csv_writing import write_csv
from adapters.sdk.languages import read_languages
from adapters.systems.htcds.choices import read_choices
from adapters.systems.htcds.columns import (
    RECORD_IDS,
    UNKNOWN,
    Columns,
    is_table,
    read_columns,
    read_table,
    separator_of,
)
from adapters.systems.htcds.read_record import read_record
from adapters.systems.htcds.record import Record
from adapters.systems.htcds.write_record import write_record
from adapters.systems.htcds.xlsx_reading import read_xlsx
from adapters.systems.htcds.xlsx_writing import write_xlsx

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
        losses = Losses()
        record = Record(_one(self._records(inbound, losses), inbound.subject), self._lists, losses)
        return read_record(record, self._countries, self._languages)

    def split(self, inbound: Inbound) -> tuple[Inbound, ...]:
        """Return each record as a CSV file of its own; columns of no known field say nothing and are left out."""
        records = self._records(inbound, Losses())
        return tuple(Inbound(write_csv(_alone(record)), CSV) for record in records)

    def render(self, outgoing: Outgoing) -> Outbound:
        """Write the heading and the row, in the format that the manifest names."""
        cells, losses = write_record(outgoing, self._lists, self._languages)
        media_type = self._manifest.outgoing_media_type
        return Outbound(write_xlsx(cells) if media_type == XLSX else write_csv(cells), media_type, losses)

    def _records(self, inbound: Inbound, losses: Losses) -> list[dict[str, str]]:
        if inbound.media_type == XLSX:
            sheets, lost = read_xlsx(inbound.body)
            for path in lost:
                losses.dropped(path)
            return _of_one_sheet(sheets, self._columns, losses)
        return read_table(read_csv(inbound.body, separator_of(inbound.body, self._columns)), self._columns)

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Raise UnsupportedError: the standard has no message about a referral's status."""
        del update
        raise UnsupportedError("", "direction")


def _alone(record: Mapping[str, str]) -> dict[str, str]:
    """The cells of one record, under a heading that is of this standard whatever the record says."""
    return {"prs_FirstName": "", **{name: cell for name, cell in record.items() if name != UNKNOWN}}


def _of_one_sheet(sheets: Sequence[Sequence[Sequence[str]]], columns: Columns, losses: Losses) -> list[dict[str, str]]:
    """Return the records of the one sheet that is of this standard; others, such as lists to choose from, are lost."""
    of_records = [rows for rows in sheets if is_table(rows, columns)]
    if len(of_records) > 1:
        raise SubjectUnclearError("/sheets")
    if len(sheets) > 1:
        losses.dropped("/sheets/*")
    return read_table(of_records[0] if of_records else [], columns)


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
