"""`notice`: what past recipients are told, and who has not answered yet (C-10, A-03)."""

from typing import Annotated

import typer

from gateway.cli.options import Json
from gateway.cli.output import message, result, rows
from gateway.cli.session import talk

notice = typer.Typer(
    no_args_is_help=True, help="Notices to past recipients: taken back, erased, corrected, restricted."
)

_COLUMNS = ("referral", "sender", "recipient", "kind", "state", "on", "answer_by", "late", "ground")


@notice.command("list")
def list_notices(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those that were answered, too.")] = False,
    json: Json = False,
) -> None:
    """List notices: referral, sender, recipient, kind, state, day, answer expected by, late, ground of an objection."""
    state = "all" if everything else "open"
    told = talk(lambda session: session.get(f"/notices?state={state}"))
    result(told, rows(told["notices"], *_COLUMNS), as_json=json)
    if told["more"]:
        message("There are more than are shown.")
