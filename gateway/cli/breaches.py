"""`breach`: the register of breaches and its clocks (A-05). It is written on the pages, with a passkey."""

import typer

from gateway.cli.options import Json
from gateway.cli.output import result, rows
from gateway.cli.session import talk

breach = typer.Typer(no_args_is_help=True, help="The register of breaches, and what is still owed.")


@breach.command("list")
def listed(*, json: Json = False) -> None:
    """List breaches, the newest first: what is still to be told, and until when."""
    told = talk(lambda session: session.get("/breaches"))
    result(told, rows(told["breaches"], "breach", "kind", "noticed", "due", "owes", "overdue", "closed"), as_json=json)
