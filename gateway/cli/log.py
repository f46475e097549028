"""`log`: the disclosure log leaves the house, for an auditor who needs Python alone (`python -m consent verify`)."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.exporting import exported, written
from gateway.cli.options import DryRun, Json
from gateway.cli.output import fields, message, result
from gateway.cli.session import talk

log = typer.Typer(no_args_is_help=True, help="The tamper-evident log of every decision.")

Checkpoint = Annotated[
    Path | None, typer.Option("--checkpoint", metavar="FILE", help="Where the signed checkpoint goes.", dir_okay=False)
]


@log.command("head")
def head(*, json: Json = False) -> None:
    """Show the log's size and root hash, its key, and a signed checkpoint; keep checkpoints outside the gateway."""
    told = talk(lambda session: session.get("/log/head"))
    shown = fields({name: told[name] for name in ("entries", "root", "vkey")})
    result(told, [*shown, "", str(told["checkpoint"])], as_json=json)


@log.command("export")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the entries go, one a line.", dir_okay=False)],
    checkpoint: Checkpoint = None,
    *,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Write every entry byte for byte, prove them against the signed head. Begun before, it goes on where it was."""
    told = talk(lambda session: session.get("/log/head") if dry_run else exported(session, file))
    if checkpoint is not None and not dry_run:
        written(checkpoint, str(told["checkpoint"]).encode())
    result(told, fields({name: told[name] for name in ("entries", "root", "vkey")}), as_json=json)
    if not dry_run:
        message("An export is confidential. Keep the checkpoint and the key elsewhere than the export.")
