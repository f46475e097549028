"""`token`: the keys that sign access tokens."""

from typing import Annotated

import typer

from gateway.cli.options import DryRun, Json, Yes, agreed
from gateway.cli.output import fields, result
from gateway.cli.session import talk

token = typer.Typer(no_args_is_help=True, help="The keys that sign access tokens.")

_HOLD = "Tokens of the old key hold until they end."
_END = "No token of the old key holds any more; clients get new ones."


@token.command("keys")
def list_keys(*, json: Json = False) -> None:
    """Show which key signs and since when, which signs next, and which signed before."""
    told = talk(lambda session: session.get("/signing-keys"))
    result(told, fields(told), as_json=json)


@token.command("rotate")
def rotate_key(
    *,
    leaked: Annotated[
        bool, typer.Option("--leaked", help="The old key is in wrong hands: end its tokens at once, wait for nobody.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Let the next key sign from now on, on every node within seconds. It must have been published for a day."""
    if not dry_run:
        agreed(f"Change the signing key? {_END if leaked else _HOLD}", yes=yes)
    told = talk(lambda session: session.post("/signing-keys/rotate", {"leaked": leaked}, dry_run=dry_run))
    dry = ["Everything is in order. Nothing was changed."]
    result(told, dry if told.get("dry_run") else [*fields(told), _END if leaked else _HOLD], as_json=json)
