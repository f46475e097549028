"""An NRM referral for the competent authority: a minimised document as one submission."""

import re
from collections.abc import Mapping

from adapters.sdk import CannotRenderError, Losses, Outbound, Outgoing, write_json
from adapters.sdk.codes import AgeBand, AgeStatus, Document, Json
from adapters.sdk.countries import Countries
from adapters.sdk.languages import Languages
from adapters.sdk.members import objects, section, strings, text
from adapters.systems.uknrm.codes import NRM, Codes
from adapters.systems.uknrm.write_notice import write_envelope, write_what_happened
from adapters.systems.uknrm.writing import Submission

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CHILD = frozenset({AgeBand.B00_08.value, AgeBand.B09_17.value})
_AGE = {AgeStatus.ADULT.value: "Adult", AgeStatus.CHILD.value: "Child"}
_SEX = {"female": "Female", "male": "Male", "other": "Other"}
_PROSE = 15_000
"""Characters that the form takes in a text."""


def write_referral(outgoing: Outgoing, codes: Codes, countries: Countries, languages: Languages) -> Outbound:
    """Return the submission. Raises CannotRenderError without a pseudonym."""
    submission = Submission(NRM, codes, Losses())
    write_envelope(submission, outgoing.envelope)
    document = outgoing.document
    subject = section(document, "subject")
    pseudonym = text(subject.get("pseudonym"))
    if pseudonym is None:
        raise CannotRenderError("/subject/pseudonym", "required")
    submission.put("Gateway.Pseudonym", pseudonym)
    _age(submission, subject)
    for key, value in sorted(subject.items()):
        if key not in {"pseudonym", "age_band", "minor_status"}:
            _member(submission, key, value, countries, languages)
    for key, value in sorted(section(document, "situation").items()):
        if not write_what_happened(submission, key, value, countries):
            _detail(submission, key, value)
    for name in sorted(document.keys() - {"schema", "subject", "situation"}):
        submission.losses.dropped(f"/{name}")
    return Outbound(write_json(submission.fields), "application/json", submission.losses.report())


def _age(submission: Submission, subject: Document) -> None:
    """Child, Adult or Unknown. Where band and status disagree, or neither is there, nobody can say."""
    band, status = text(subject.get("age_band")), text(subject.get("minor_status"))
    said = {status} - {None}
    if band is not None:
        submission.put("Gateway.AgeBand", band)
        said.add(AgeStatus.CHILD.value if band in _CHILD else AgeStatus.ADULT.value)
    submission.put("AdultOrChild", _AGE.get(str(said.pop()), "Unknown") if len(said) == 1 else "Unknown")


def _member(submission: Submission, key: str, value: Json, countries: Countries, languages: Languages) -> None:
    match key:
        case "names":
            _names(submission, value)
        case "identifiers":
            _identifiers(submission, value)
        case "birth":
            _birth(submission, value)
        case "sex" if isinstance(value, str) and value in _SEX:
            submission.put("Customer.Custom17", _SEX[value])
        case "citizenships":
            _citizenships(submission, strings(value), countries)
        case "interpreter" if isinstance(value, Mapping):
            _interpreter(submission, value, languages)
        case "contacts":
            _contacts(submission, value)
        case _:
            submission.losses.dropped(f"/subject/{key}")


def _names(submission: Submission, value: Json) -> None:
    """One given name and one surname; the first other name in one piece is the name used during exploitation."""
    for name in objects(value):
        if name.get("use") == "official" and "full" not in name and "Customer.Surname" not in submission.fields:
            submission.put("Customer.Forename1", name.get("given"))
            submission.put("Customer.Surname", name.get("family", ""))
            for part in sorted(name.keys() & {"middle", "second_family"}):
                submission.losses.dropped(f"/subject/names/*/{part}")
        elif name.get("use") == "other" and "full" in name and "Customer.Alias" not in submission.fields:
            submission.put("Customer.Alias", name["full"])
        else:
            submission.losses.dropped("/subject/names/*")


def _identifiers(submission: Submission, value: Json) -> None:
    """References of this country that are no document's number; one fits."""
    for identifier in objects(value):
        hint = identifier.get("type") == "other" and identifier.get("country") == "GB"
        if hint and "CIDReference" not in submission.fields:
            submission.put("CIDReference", identifier.get("value"))
        else:
            submission.losses.dropped("/subject/identifiers/*")


def _birth(submission: Submission, value: Json) -> None:
    """A day that is known; the form has no place for an estimate or a year."""
    birth = value if isinstance(value, Mapping) else {}
    day = text(birth.get("date"))
    if day is None or _DAY.fullmatch(day) is None or birth.get("estimated") is True:
        submission.losses.dropped("/subject/birth")
    else:
        submission.put("Customer.DOB", day)
        submission.put("Customer.Custom7", "Yes")


def _citizenships(submission: Submission, codes: list[str], countries: Countries) -> None:
    free = ["Customer.Nationality", "Customer.Custom11"]
    for code in codes:
        demonym = countries.to_demonym(code)
        if demonym is None or not free:
            submission.losses.dropped("/subject/citizenships/*")
        else:
            submission.put(free.pop(0), demonym)


def _interpreter(submission: Submission, interpreter: Document, languages: Languages) -> None:
    submission.put("Customer.Custom13", "Yes" if interpreter.get("needed") is True else "No")
    tag = text(interpreter.get("language"))
    name = None if tag is None else languages.to_name(tag)
    submission.put("Customer.Custom14", name)
    if tag is not None and name is None:
        submission.losses.dropped("/subject/interpreter/language")
    if "gender" in interpreter:
        submission.losses.dropped("/subject/interpreter/gender")


def _contacts(submission: Submission, value: Json) -> None:
    """The profile lets only safe channels through (M-07), and the form can say so of e-mail and post alone.

    A telephone number would stand there without that, so it is left out.
    """
    places = {"email": ("Customer.Email", "SafeToEmail"), "post": ("Customer.Address", "SafeToPostal")}
    for contact in objects(value):
        found = places.get(str(contact.get("channel")))
        if found is None or found[0] in submission.fields:
            submission.losses.dropped("/subject/contacts/*")
        else:
            submission.put(found[0], contact.get("value"))
            submission.put(found[1], "Yes")


def _detail(submission: Submission, key: str, value: Json) -> None:
    bands = {ours: band for band, ours in submission.codes.last_contact.codes.items()}
    ages = {ours: age for age, ours in submission.codes.as_a_child.codes.items()}
    match key:
        case "minor_at_exploitation" if isinstance(value, str) and value in ages:  # K-09
            submission.put("AdultOrChildDuringExploitation", ages[value])
        case "last_contact" if isinstance(value, str) and value in bands:
            submission.put("PVExploitersLastContact", bands[value])
        case "cooperation" if value in {"yes", "no"}:
            submission.put("WillingToCooperate", str(value).capitalize())
        case "narrative":
            _narrative(submission, value)
        case _:
            submission.losses.dropped(f"/situation/{key}")


def _narrative(submission: Submission, value: Json) -> None:
    """Her account in one field, what was seen in another; a text that the form would cut short is left out whole."""
    texts: dict[str, list[str]] = {}
    for entry in objects(value):
        section_name = entry.get("section")
        place = "IdentifiedModernSlaveryIndicatorsDetails" if section_name == "indicators" else "VictimAccount"
        if section_name not in {"account", "indicators"}:
            submission.losses.coarsened("/situation/narrative/*/section" if section_name else "/situation/narrative/*")
        texts.setdefault(place, []).append(str(entry.get("text")))
    for place, parts in texts.items():
        whole = "\n\n".join(parts)
        if len(whole) > _PROSE:
            submission.losses.dropped("/situation/narrative/*/text")
        else:
            submission.put(place, whole)
    if "IdentifiedModernSlaveryIndicatorsDetails" in submission.fields:
        submission.put("IdentifiedModernSlaveryIndicators", "Yes")
