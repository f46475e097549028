"""`officer`: people who sign in. The first one is invited here, by whoever may open the gateway's own socket."""

from typing import Annotated
from urllib.parse import quote

import typer

from gateway.cli.options import DryRun, Json, Yes, agreed
from gateway.cli.output import fields, message, result, rows
from gateway.cli.session import talk
from gateway.core.officers import Role

officer = typer.Typer(no_args_is_help=True, help="People who sign in: invite, list, revoke.")

OfficerId = Annotated[str, typer.Argument(metavar="OFFICER_ID", help="The officer's id.")]


@officer.command("invite")
def invite(
    role: Annotated[list[Role], typer.Option("--role", help="What the officer may do; may be given many times.")],
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="AGENCY", help="Whose person it is; none for nobody's.")
    ] = None,
    label: Annotated[str, typer.Option("--label", help="What colleagues call the account; no name.")] = "Officer",
    *,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Print a link that makes one officer, once, within 24 hours."""
    asked: dict[str, object] = {"roles": [one.value for one in role], "label": label}
    asked |= {"agency": agency} if agency else {}
    told = talk(lambda session: session.post("/officers/invite", asked, dry_run=dry_run))
    result(told, ["Everything is in order. Nothing was changed."] if dry_run else fields(told), as_json=json)
    if not dry_run:
        message("Hand it over by a safe way. It is shown here only.")


@officer.command("list")
def list_officers(*, json: Json = False) -> None:
    """List the officers: id, label, agency, roles, who enrolled them, active or not."""
    told = talk(lambda session: session.get("/officers"))
    result(told, rows(told["officers"], "id", "label", "agency", "roles", "enrolled_by", "active"), as_json=json)


@officer.command("revoke")
def revoke(officer_id: OfficerId, *, yes: Yes = False, dry_run: DryRun = False, json: Json = False) -> None:
    """End an officer at once and for good: every session and every unused link of that officer is over."""
    if not dry_run:
        agreed("Revoke this officer for good?", yes=yes)
    told = talk(lambda session: session.post(f"/officers/{quote(officer_id, safe='')}/revoke", {}, dry_run=dry_run))
    result(told, ["Everything is in order. Nothing was changed."] if dry_run else fields(told), as_json=json)
