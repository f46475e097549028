"""`agency`, `agreement`, `client`: who takes part."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.options import DryRun, Json, Source, Yes, agreed, content
from gateway.cli.output import fields, result, rows
from gateway.cli.session import talk
from gateway.core.client_modes import ClientMode
from gateway.core.scopes import Scope
from schemas.decoding import decode_json
from schemas.errors import SchemaViolationError

agency = typer.Typer(no_args_is_help=True, help="Agencies that take part.")
agreement = typer.Typer(no_args_is_help=True, help="Signed data-sharing agreements; without one nothing moves.")
client = typer.Typer(no_args_is_help=True, help="OAuth clients: the systems of the agencies.")

ClientId = Annotated[str, typer.Argument(metavar="CLIENT_ID", help="The client's id.")]
JwkSet = Annotated[
    Path,
    typer.Option(
        "--jwks",
        metavar="FILE",
        help="Its public keys (RFC 7517); - reads standard input.",
    ),
]


@agency.command("add")
def add_agency(file: Source, *, dry_run: DryRun = False, json: Json = False) -> None:
    """Register an agency (schema agency/1.0), or replace its registration."""
    _add("/agencies", file, dry_run=dry_run, json=json)


@agency.command("list")
def list_agencies(*, json: Json = False) -> None:
    """List the agencies: id, function class, country, adapter, delivery mode, title."""
    _list("/agencies", "id", "function_class", "country", "adapter", "delivery_mode", "title", json=json)


@agreement.command("add")
def add_agreement(file: Source, *, dry_run: DryRun = False, json: Json = False) -> None:
    """Register an agreement (schema agreement/1.0) that both agencies signed."""
    _add("/agreements", file, dry_run=dry_run, json=json)


@agreement.command("list")
def list_agreements(*, json: Json = False) -> None:
    """List the agreements: id, sender, recipient, purpose, days in force."""
    _list("/agreements", "id", "sender", "recipient", "purpose", "in_force", json=json)


@client.command("add")
def add_client(
    client_id: ClientId,
    agency: Annotated[str, typer.Option("--agency", metavar="AGENCY", help="The agency whose system it is.")],
    jwks: JwkSet,
    scope: Annotated[list[Scope], typer.Option("--scope", help="What it may ask for; may be given many times.")],
    *,
    mode: Annotated[
        ClientMode,
        typer.Option("--mode", help="How it holds its tokens: bound to a key, or as SMART Backend Services do."),
    ] = ClientMode.DPOP,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Register a client's public keys and scopes."""
    try:
        keys = decode_json(content(jwks))
    except SchemaViolationError as error:
        raise typer.BadParameter("not strict JSON", param_hint="--jwks") from error
    asked = {"client": client_id, "agency": agency, "jwks": keys, "scopes": [one.value for one in scope]}
    asked["mode"] = mode.value
    told = talk(lambda session: session.post("/clients", asked, dry_run=dry_run))
    result(told, _said(told), as_json=json)


@client.command("list")
def list_clients(*, json: Json = False) -> None:
    """List the clients: id, agency, enabled, how each holds its tokens, scopes."""
    _list("/clients", "id", "agency", "enabled", "mode", "scopes", json=json)


@client.command("revoke")
def revoke_client(client_id: ClientId, *, yes: Yes = False, dry_run: DryRun = False, json: Json = False) -> None:
    """Switch a client off at once and for good: its tokens and keys are refused from now on."""
    if not dry_run:
        agreed("Switch this client off for good?", yes=yes)
    told = talk(lambda session: session.post(f"/clients/{client_id}/revoke", {}, dry_run=dry_run))
    result(told, _said(told), as_json=json)


def _add(path: str, file: Path, *, dry_run: bool, json: bool) -> None:
    document = content(file)
    told = talk(lambda session: session.post(path, document, dry_run=dry_run))
    result(told, _said(told), as_json=json)


def _list(path: str, *columns: str, json: bool) -> None:
    told = talk(lambda session: session.get(path))
    result(told, rows(told[path.removeprefix("/")], *columns), as_json=json)


def _said(told: Mapping[str, object]) -> list[str]:
    if told.get("dry_run"):
        return ["Everything is in order. Nothing was changed."]
    return fields(told)
