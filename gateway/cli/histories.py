"""`history`: who received what about one person, when, on what ground; what was refused; who acknowledged what (A-02).

Each line of an exported history is a receipt of its own; all of them lie under one checkpoint.
"""

import json as written_json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.exporting import written
from gateway.cli.failures import CommandFailedError, Exit
from gateway.cli.options import AgencyIfNamed, Json, ReferenceFileIfNamed, one_line
from gateway.cli.output import message, result
from gateway.cli.session import talk

_SHOWN = ("at", "type", "sender", "recipient", "purpose", "ground", "outcome", "categories", "reasons")


def history(
    consent_id: Annotated[
        str | None, typer.Argument(metavar="[CONSENT_ID]", help="A consent of hers; or say who names her how.")
    ] = None,
    agency: AgencyIfNamed = None,
    person_ref_file: ReferenceFileIfNamed = None,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="Write entries and proofs there, one a line.", dir_okay=False),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Show a person's whole history from the log. That you looked becomes part of it."""
    if consent_id and not (agency or person_ref_file):
        asked = {"consent": consent_id}
    elif agency and person_ref_file and not consent_id:
        asked = {"agency": agency, "person_ref": one_line(person_ref_file, "The agency's reference for the person")}
    else:
        raise CommandFailedError(Exit.USAGE, "usage", "Give a CONSENT_ID, or --agency and --person-ref-file.")
    told = talk(lambda session: session.post("/history", asked))
    listed = told["entries"]
    entries = listed if isinstance(listed, list) else []
    if export is not None:
        lines = (written_json.dumps({**entry, "checkpoint": told["checkpoint"]}) + "\n" for entry in entries)
        written(export, "".join(lines).encode())
        message(f"Check it: python -m consent verify-history {export} --key {told['vkey']}")
    result(told, ["\t".join(_columns(entry)) for entry in entries], as_json=json)


def _columns(entry: Mapping[str, object]) -> list[str]:
    """One entry as columns: its place, the referral of hers it is about, and what the leaf says."""
    leaf = written_json.loads(str(entry["leaf"]))
    said = (leaf.get(name) for name in _SHOWN)
    plain = (" ".join(value) if isinstance(value, list) else str(value or "-") for value in said)
    return [str(entry["index"]), str(entry.get("referral", "-")), *plain]
