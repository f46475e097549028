"""`erase`: everything the gateway keeps about one person, for good (A-03, A-04).

Her reference comes from a file or standard input, never as an argument (P-02).
"""

from typing import Annotated

import typer

from gateway.cli.failures import CommandFailedError, Exit
from gateway.cli.options import DryRun, Json, ReferenceFile, one_line
from gateway.cli.output import fields, left_to_nobody, message, result
from gateway.cli.session import changed, talk


def erase(
    agency: Annotated[str, typer.Option("--agency", metavar="AGENCY", help="The agency that recorded her.")],
    person_ref_file: ReferenceFile,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="You know that nothing brings her back.")] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Erase a person: stop what is in flight, tell past recipients, let nobody meet her, destroy her key."""
    if not (yes or dry_run):
        raise CommandFailedError(
            Exit.USAGE,
            "usage",
            "Nothing brings an erased person back: say --yes, or first --dry-run.",
        )
    asked = {"agency": agency, "person_ref": one_line(person_ref_file, "The agency's reference for the person")}
    told, goes_on = talk(lambda session: changed(session, "/erasures", asked, dry_run=dry_run))
    lines = ["Everything is in order. Nothing was changed.", *fields({**told, "dry_run": None})]
    result(told, lines if dry_run else fields(told), as_json=json)
    if not dry_run:
        message("The gateway destroys her key by itself within minutes; where a law keeps her for now, after that.")
    if told.get("notices"):
        message("Past recipients are told, until each has acknowledged: notice list --open.")
    if not (dry_run or goes_on):
        left_to_nobody()
