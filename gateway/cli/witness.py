"""`witness`: for whoever is not the operator, and vouches that the log was only ever added to (docs/the-log.md)."""
# ruff: noqa: PLC0415 - what only one of the commands needs is imported when it runs

from pathlib import Path
from typing import Annotated

import typer

from consent.checkpoint import VerifierKey
from consent.errors import ConsentError
from gateway.cli.failures import CommandFailedError, Exit, of_installation
from gateway.cli.options import Json
from gateway.cli.output import message, result
from gateway.clock import SystemClock, SystemEntropy
from gateway.core.errors import OperatorError

witness = typer.Typer(no_args_is_help=True, help="Run a witness of somebody else's log.")

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the witness keeps its key and what it saw.")]


@witness.command("init")
def init(
    folder: Folder,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="A URL without its scheme, such as w.example/log.")
    ],
    *,
    json: Json = False,
) -> None:
    """Make a witness and show its public key, which the operator of the log and every auditor pin."""
    from gateway.witness.keeping import founded

    try:
        key = founded(folder, name, SystemEntropy().bytes)
    except OperatorError as error:
        raise of_installation(error) from None
    result({"name": name, "vkey": key.text}, [key.text], as_json=json)
    message("Next: referral-gateway witness serve FOLDER --log VKEY")


@witness.command("serve")
def serve(
    folder: Folder,
    log: Annotated[list[str], typer.Option("--log", metavar="VKEY", help="A log's public key; may be given again.")],
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; a proxy that speaks TLS stands before.")
    ] = ("127.0.0.1"),
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on.")] = 8480,
    *,
    json: Json = False,
) -> None:
    """Cosign what continues the log, and nothing else, until SIGTERM or Ctrl-C. Standard output gets the URL."""
    from gateway import logs
    from gateway.serving.witness import serve_witness
    from gateway.witness.keeping import Keeper

    logs.configure()
    keys = [_log(text) for text in log]
    try:
        keeper = Keeper.opened(folder, keys, SystemClock())
        serve_witness(keeper, host, port, lambda url: result({"url": url}, [url], as_json=json))
    except OperatorError as error:
        raise of_installation(error) from None


def _log(text: str) -> VerifierKey:
    try:
        return VerifierKey.parsed(text)
    except ConsentError:
        raise CommandFailedError(Exit.USAGE, "not_a_key", "That is not the public key of a log.") from None
