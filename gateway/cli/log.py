"""`log`: the disclosure log leaves the house, for an auditor who needs Python alone (`python -m consent verify`)."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.anchoring import anchored, said, stamped
from gateway.cli.exporting import exported, written
from gateway.cli.failures import Exit
from gateway.cli.options import DryRun, Json
from gateway.cli.output import fields, message, result
from gateway.cli.session import talk
from gateway.cli.tiling import tiled

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


@log.command("anchors")
def anchors(
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Where what was said goes, for an auditor.", file_okay=False)
    ] = None,
    *,
    now: Annotated[bool, typer.Option("--now", help="Ask everybody now first.")] = False,
    json: Json = False,
) -> None:
    """Show which witnesses and time-stamping authorities saw the log, how far and when."""
    told = talk(lambda session: session.post("/log/anchor", b"") if now else session.get("/log/anchors"))
    if folder is not None:
        anchored(folder, told)
    result(told, said(told), as_json=json)
    if told["disclosures"] == "stopped":
        raise typer.Exit(Exit.PROBLEM)


@log.command("tiles")
def as_tiles(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the tiles go, or are.", file_okay=False)],
    *,
    json: Json = False,
) -> None:
    """Write the log as tiles (C2SP tlog-tiles), prove them against the signed head; again, only what came since."""
    told = talk(lambda session: tiled(session, folder))
    result(told, fields({name: told[name] for name in ("entries", "root", "vkey")}), as_json=json)
    message("Entries are confidential. Keep the checkpoint and the key elsewhere than the tiles.")


@log.command("verify-stamp")
def verify_stamp(
    stamp: Annotated[Path, typer.Argument(metavar="ANSWER", help="The authority's answer (.tsr).", dir_okay=False)],
    checkpoint: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="What it dates.", dir_okay=False)],
    root: Annotated[Path, typer.Argument(metavar="ROOT", help="The authority's root (PEM).", dir_okay=False)],
    *,
    json: Json = False,
) -> None:
    """Check a time stamp of a checkpoint (RFC 3161) against the root you hold; any other tool can do it as well."""
    at = stamped(stamp, checkpoint, root)
    result({"at": at}, [f"The authority saw exactly this checkpoint at {at}."], as_json=json)


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
