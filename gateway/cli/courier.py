"""`courier`: what is brought to agencies' own systems, by a process of its own; what was given up, and trying it again.

`agency endpoint` says where those systems are.
"""
# ruff: noqa: PLC0415 - what only the process needs is imported when it runs

import base64
from pathlib import Path
from typing import Annotated

import typer

from gateway import logs
from gateway.cli.failures import CommandFailedError, Exit, of_installation
from gateway.cli.options import DryRun, Json, Source, Yes, agreed, content
from gateway.cli.output import fields, message, result, rows
from gateway.cli.register import agency
from gateway.cli.session import talk
from gateway.core.errors import OperatorError
from gateway.loading import loading
from gateway.packaging_guard import require_own_packages
from gateway.settings import read
from schemas.decoding import decode_json
from schemas.errors import SchemaViolationError

courier = typer.Typer(
    invoke_without_command=True, help="Brings agencies what is for them; without a command, as a process of its own."
)

_DEAD = ("referral", "sender", "recipient", "urgency", "code", "attempts", "since")
_CREDENTIAL = typer.Option(
    "--credential-file", metavar="FILE", help="Holds user:password for `basic`; - reads standard input."
)


@courier.callback()
def run(context: typer.Context) -> None:
    """Run a courier until SIGTERM or Ctrl-C, beside `serve` or without it. Logs go to standard error."""
    if context.invoked_subcommand is not None:
        return
    with loading():
        from gateway.serving.courier import deliver
    logs.configure()
    try:
        require_own_packages()
        deliver(read(), lambda: result({"courier": "running"}, ["running"], as_json=False))
    except OperatorError as error:
        raise of_installation(error) from None


@courier.command("dead")
def list_dead(*, json: Json = False) -> None:
    """List what was given up: referral, sender, recipient, urgency, why, tries, since."""
    told = talk(lambda session: session.get("/dead-letters"))
    result(told, rows(told["dead_letters"], *_DEAD), as_json=json)
    if told["more"]:
        message("There are more than are shown.")


@courier.command("rerun")
def rerun(
    referrals: Annotated[list[str] | None, typer.Argument(metavar="[REFERRAL]...", help="These referrals.")] = None,
    *,
    recipient: Annotated[str | None, typer.Option("--recipient", metavar="AGENCY", help="All of this agency.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every one there is.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Try again what was given up. Each is decided anew first: what she no longer agrees to stays here."""
    if sum((bool(referrals), recipient is not None, everything)) != 1:
        raise CommandFailedError(Exit.USAGE, "which_dead_letters", "Name referrals, or --recipient, or --all.")
    if not dry_run and not referrals:
        agreed("Try all of these again?", yes=yes)
    asked: dict[str, object] = {"all": True} if everything else {"referrals": referrals or []}
    if recipient is not None:
        asked["recipient"] = recipient
    told = talk(lambda session: session.post("/dead-letters/rerun", asked, dry_run=dry_run))
    result(told, fields(told), as_json=json)


@agency.command("endpoint")
def add_endpoint(
    file: Source,
    *,
    credential_file: Annotated[Path | None, _CREDENTIAL] = None,
    new_key: Annotated[bool, typer.Option("--new-key", help="Make a new key, or a new secret for hints.")] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Register an agency's own system (schema endpoint/1.0); prints what the agency has to be told."""
    try:
        document = decode_json(content(file))
    except SchemaViolationError as error:
        raise typer.BadParameter("not strict JSON", param_hint="FILE") from error
    asked: dict[str, object] = {"endpoint": document, "new_key": new_key}
    if credential_file is not None:
        asked["credential"] = base64.b64encode(content(credential_file).rstrip(b"\r\n")).decode()
    told = talk(lambda session: session.post("/endpoints", asked, dry_run=dry_run))
    result(told, fields(told), as_json=json)


@agency.command("endpoints")
def list_endpoints(*, json: Json = False) -> None:
    """List the agencies' own systems: agency, what is brought, where, how the gateway shows who it is."""
    told = talk(lambda session: session.get("/endpoints"))
    result(told, rows(told["endpoints"], "agency", "brings", "url", "authentication", "dpop"), as_json=json)
