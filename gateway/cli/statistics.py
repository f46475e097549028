"""`statistics`: what leaves the circle of contributors, once each of them has approved (P-04, P-06)."""

from typing import Annotated

import typer

from gateway.cli.options import Json
from gateway.cli.output import fields, result, rows
from gateway.cli.session import talk
from gateway.clock import SystemEntropy

statistics = typer.Typer(
    no_args_is_help=True, help="Releases of statistics: proposed, approved by agencies, made once."
)


@statistics.command("propose")
def propose(
    quarter: Annotated[str, typer.Argument(metavar="QUARTER", help="A quarter that is over, such as 2031-Q1.")],
    *,
    json: Json = False,
) -> None:
    """Begin a release; every agency whose people would be counted is asked for its approval."""
    key = SystemEntropy().bytes(16).hex()
    told = talk(lambda session: session.post("/statistics/releases", {}, key=key, quarter=quarter))
    result(told, fields(told), as_json=json)


@statistics.command("list")
def listed(*, json: Json = False) -> None:
    """List releases, and whose approval is missing."""
    told = talk(lambda session: session.get("/statistics/releases"))
    result(told, rows(told["releases"], "release", "quarter", "approved", "missing", "made"), as_json=json)


@statistics.command("make")
def make(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="The id of the release.")], *, json: Json = False
) -> None:
    """Make a release that everybody approved; what is too small to be shown is not in it."""
    told = talk(lambda session: session.post(f"/statistics/releases/{release}/document", {}))
    lines = [f"quarter: {told['quarter']}", f"least number shown: {told['threshold']}"]
    result(told, [*lines, *rows(told["cells"], "purpose", "state", "people")], as_json=json)
