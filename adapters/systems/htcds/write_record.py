"""A minimised document and its envelope as one row."""

import re
from collections.abc import Mapping

from adapters.sdk import CannotRenderError, Envelope, Losses, Outgoing
from adapters.sdk.codes import Document, Exploitation, Json, Loss
from adapters.sdk.languages import Languages
from adapters.sdk.members import objects, section, strings, text
from adapters.systems.htcds.choices import ChoiceList
from adapters.systems.htcds.write_subject import write_subject
from adapters.systems.htcds.writing import Row

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def write_record(
    outgoing: Outgoing, lists: Mapping[str, ChoiceList], languages: Languages
) -> tuple[dict[str, str], tuple[Loss, ...]]:
    """Return the cells by column, in order, and the loss report."""
    row = Row(lists, Losses())
    _envelope(row, outgoing.envelope)
    document = outgoing.document
    write_subject(row, section(document, "subject"), languages)
    _situation(row, section(document, "situation"))
    _needs(row, document.get("needs", ()))
    _codes(row, document, "risk", {"level": "gx_RiskLevel", "reasons": "gx_RiskReasons"})
    _codes(row, document, "health", {"access_needs": "gx_AccessNeeds", "alerts": "gx_Alerts"})
    for name in sorted(document.keys() - {"schema", "subject", "situation", "needs", "risk", "health"}):
        row.losses.dropped(f"/{name}")
    return row.cells, row.losses.report()


def _envelope(row: Row, envelope: Envelope) -> None:
    """What travels with every disclosure (M-11)."""
    row.put("gx_MessageId", envelope.message_id)
    row.put("gx_Sender", envelope.sender)
    row.put("gx_SenderTitle", envelope.sender_title)
    row.put("gx_Purpose", envelope.purpose.value)
    row.put("gx_Urgency", envelope.urgency.value)
    row.put("gx_SentOn", envelope.sent_on)
    row.put("gx_UseUntil", envelope.use_until)
    row.put_all("gx_Obligations", envelope.obligations)


def _situation(row: Row, situation: Document) -> None:
    for key, value in sorted(situation.items()):
        path = f"/situation/{key}"
        match key:
            case "victim_status" if isinstance(value, str):
                row.put("vic_TraffickingStatus", row.choice("traffickingstatus", value, path))
            case "decided_by" if isinstance(value, str):
                choice = row.choice("traffickingstatusdecisionmakingorg", value, path)
                row.put("vic_TraffickingStatusDecisionMakingOrg", choice)
            case "means":
                row.put_choices("vic_MethodsOfControl", "methodsofcontrol", strings(value), f"{path}/*")
            case "recruitment":
                row.put_choices("vic_MethodOfRecruitment", "methodofrecruitment", strings(value), f"{path}/*")
            case "exploitation":
                _exploitation(row, list(objects(value)), path)
            case "events":
                _events(row, list(objects(value)), path)
            case _:
                row.losses.dropped(path)


def _exploitation(row: Row, entries: list[Document], path: str) -> None:
    """Forms and industries are two lists, so an industry is written only where it is one of forced labour."""
    forms = [form for entry in entries if (form := text(entry.get("type"))) is not None]
    row.put_choices("vic_TypeOfExploitation", "typeofexploitation", forms, f"{path}/*/type")
    industries: list[str] = []
    for entry in entries:
        industry = text(entry.get("industry"))
        if industry is not None and entry.get("type") == Exploitation.FORCED_LABOUR:
            industries.append(industry)
        elif industry is not None:
            row.losses.dropped(f"{path}/*/industry")
        if "country" in entry:
            row.losses.dropped(f"{path}/*/country")
    row.put_choices("vic_ForcedLabourIndustry", "forcedlabourindustry", industries, f"{path}/*/industry")


def _events(row: Row, events: list[Document], path: str) -> None:
    """The record has room for one event: the first of a kind the standard knows."""
    for event in events:
        choice = None if "hte_Type" in row.cells else row.choice("hte_type", str(event.get("type")), path)
        if choice is None:
            row.losses.dropped(path)
            continue
        row.put("hte_Type", choice)
        day = text(event.get("from"))
        if day is not None and _DAY.fullmatch(day) is not None:
            row.put("hte_Date", day)
        elif day is not None:
            row.losses.dropped(f"{path}/*/from")
        for part, column in (
            ("country", "hte_Country"),
            ("region", "hte_State"),
            ("locality", "hte_City"),
            ("line", "hte_Street"),
        ):
            row.put(column, event.get(part))
        if "to" in event:
            row.losses.dropped(f"{path}/*/to")


def _needs(row: Row, value: Json) -> None:
    needs = list(objects(value))
    codes = [code for need in needs if (code := text(need.get("code"))) is not None]
    if len(codes) != len(needs):
        raise CannotRenderError("/needs", "type")
    row.put_all("gx_Needs", list(dict.fromkeys(codes)))
    if any("note" in need for need in needs):
        row.losses.dropped("/needs/*/note")


def _codes(row: Row, document: Document, name: str, columns: Mapping[str, str]) -> None:
    """Members of a section that are codes or lists of codes; the others are lost."""
    for key, value in sorted(section(document, name).items()):
        if key not in columns:
            row.losses.dropped(f"/{name}/{key}")
        elif isinstance(value, str):
            row.put(columns[key], value)
        else:
            row.put_all(columns[key], strings(value))
