"""`agency`, `agreement`: who takes part."""

from collections.abc import Mapping
from pathlib import Path

import typer

from gateway.cli.options import DryRun, Json, Source, content
from gateway.cli.output import fields, message, result, rows
from gateway.cli.session import talk
from schemas.decoding import decode_json
from schemas.vocabulary import DeliveryMode

agency = typer.Typer(no_args_is_help=True, help="Agencies that take part.")
agreement = typer.Typer(no_args_is_help=True, help="Signed data-sharing agreements; without one nothing moves.")


@agency.command("add")
def add_agency(file: Source, *, dry_run: DryRun = False, json: Json = False) -> None:
    """Register an agency (schema agency/1.0), or replace its registration."""
    filed = decode_json(_add("/agencies", file, dry_run=dry_run, json=json))
    if filed["delivery_mode"] != DeliveryMode.SEALED_PULL:
        message("Whoever runs this gateway can read what it is sent: only sealed-pull seals to a key of its own.")


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


def _add(path: str, file: Path, *, dry_run: bool, json: bool) -> bytes:
    """Register what a file says; return what it said."""
    document = content(file)
    told = talk(lambda session: session.post(path, document, dry_run=dry_run))
    result(told, _said(told), as_json=json)
    return document


def _list(path: str, *columns: str, json: bool) -> None:
    told = talk(lambda session: session.get(path))
    result(told, rows(told[path.removeprefix("/")], *columns), as_json=json)


def _said(told: Mapping[str, object]) -> list[str]:
    if told.get("dry_run"):
        return ["Everything is in order. Nothing was changed."]
    return fields(told)
