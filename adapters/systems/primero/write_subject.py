"""The person of a minimised document, in the fields of a Primero case and in notes.

A field is used only where it says exactly what the document says. Primero wants a name: it gets hers where the profile
carries one, else the alias she chose, else her pseudonym; never a made-up one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from adapters.sdk import CannotRenderError, Losses
from adapters.sdk.codes import Document, Json
from adapters.sdk.countries import Countries
from adapters.sdk.languages import Languages
from adapters.sdk.members import objects, strings
from adapters.systems.primero.notes import Note, notes_for
from adapters.systems.primero.read_subject import PSEUDONYM_ID_TYPE

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SURNAMES = ("family", "second_family")
_NAME_FIELDS = {"given": "name_first", "middle": "name_middle", "family": "name_last", "full": "name"}


@dataclass(frozen=True, slots=True)
class WrittenSubject:
    """Fields of the case, and the notes for what no field says."""

    fields: dict[str, Json] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def note(self, key: str, value: Json) -> None:
        """Add notes for a member of `subject`."""
        self.notes.extend(notes_for(f"subject.{key}", value))


def write_subject(subject: Document, countries: Countries, languages: Languages, losses: Losses) -> WrittenSubject:
    """Place each member of `subject`. Raises CannotRenderError without a pseudonym."""
    pseudonym = subject.get("pseudonym")
    if not isinstance(pseudonym, str):
        raise CannotRenderError("/subject/pseudonym", "required")
    written = WrittenSubject({"other_id_type": PSEUDONYM_ID_TYPE, "other_id_no": pseudonym})
    _names(written, subject, pseudonym, losses)
    for key, value in sorted(subject.items()):
        match key:
            case "pseudonym" | "alias" | "names":
                pass
            case "sex" if value in ("female", "male"):
                written.fields["sex"] = value
            case "birth":
                _birth(written, value)
            case "languages":
                _codes(written, key, value, "language", languages.to_slug)
            case "citizenships":
                _codes(written, key, value, "nationality", countries.to_slug)
            case "contacts":
                _contacts(written, value)
            case _:
                written.note(key, value)
    return written


def _names(written: WrittenSubject, subject: Document, pseudonym: str, losses: Losses) -> None:
    """The first official name goes to the name fields, and every other one to a note."""
    fields: dict[str, Json] = {}
    for name in objects(subject.get("names")):
        if not fields and name.get("use") == "official":
            fields = {_NAME_FIELDS[part]: text for part, text in name.items() if part in _NAME_FIELDS}
            if "second_family" in name:
                # Primero has one field for her whole surname.
                fields["name_last"] = " ".join(str(name[part]) for part in _SURNAMES if part in name)
                losses.coarsened("/subject/names/*/second_family")
        else:
            written.note("names", [name])
    if "alias" in subject:
        # Beside a name it is what she likes to be called; alone it is her name here.
        fields["name_nickname" if fields else "name"] = subject["alias"]
    if "name" not in fields:
        parts = [str(fields[name]) for name in _NAME_FIELDS.values() if name in fields]
        fields["name"] = " ".join(parts) or pseudonym
    written.fields.update(fields)


def _birth(written: WrittenSubject, value: Json) -> None:
    date = value.get("date") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(date, str) or _DAY.fullmatch(date) is None:
        written.note("birth", value)
        return
    written.fields["date_of_birth"] = date
    if value.get("estimated") is True:
        written.fields["estimated"] = True


def _codes(written: WrittenSubject, key: str, value: Json, name: str, to_id: Callable[[str], str | None]) -> None:
    """Codes with an id go to the field, the others to a note; `ar-SY` is not `arabic`."""
    codes = strings(value)
    ids = [to_id(code) for code in codes]
    if known := [found for found in ids if found is not None]:
        written.fields[name] = known
    if unknown := [code for code, found in zip(codes, ids, strict=True) if found is None]:
        written.note(key, unknown)


def _contacts(written: WrittenSubject, value: Json) -> None:
    """The profile lets only safe channels through (M-07). Primero's field is for calls, so a `message` is a note."""
    for contact in objects(value):
        if contact.get("channel") == "phone" and "telephone_current" not in written.fields:
            written.fields["telephone_current"] = contact.get("value")
        else:
            written.note("contacts", [contact])
