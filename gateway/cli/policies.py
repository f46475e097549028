"""`policy`: the country's choices: those in force, and a proposed file checked, compared, tried, replayed, proposed.

Approving is nobody's who types commands: two officers do it on the pages, each with a passkey.
"""

from typing import Annotated

import typer

from gateway.cli.options import Json, Source, Why, content
from gateway.cli.output import fields, message, result, rows
from gateway.cli.session import talk

policy = typer.Typer(no_args_is_help=True, help="The country profile: what is in force, and what would change.")


@policy.command("show")
def show(*, json: Json = False) -> None:
    """Show the policy in force, and its digest, which every entry of the log carries."""
    told = talk(lambda session: session.get("/policy"))
    choices = told["choices"]
    result(told, [f"digest: {told['digest']}", *fields(choices if isinstance(choices, dict) else {})], as_json=json)


@policy.command("check")
def check(file: Source, *, json: Json = False) -> None:
    """Check a country profile (schema country_profile/1.0) against its schema and what no country may go below."""
    document = content(file)
    told = talk(lambda session: session.post("/policy/check", document))
    result(told, fields(told), as_json=json)


@policy.command("diff")
def diff(file: Source, *, json: Json = False) -> None:
    """Say in words what a proposed profile changes."""
    document = content(file)
    told = talk(lambda session: session.post("/policy/diff", document))
    result(told, _lines(told["differences"]) or ["Nothing changes."], as_json=json)


@policy.command("try")
def attempt(
    agency: Annotated[str, typer.Option("--agency", metavar="AGENCY", help="Who would send.")],
    to: Annotated[str, typer.Option("--to", metavar="AGENCY", help="Who would get it.")],
    purpose: Why,
    *,
    json: Json = False,
) -> None:
    """Say whether the policy lets an adult who agreed be referred so, about nobody in particular."""
    told = talk(lambda session: session.post("/policy/try", {}, agency=agency, to=to, purpose=purpose.value))
    result(told, [f"outcome: {told['outcome']}", *rows(told["reasons"], "rule", "code", "sentence")], as_json=json)


@policy.command("replay")
def replay(file: Source, *, json: Json = False) -> None:
    """Decide the past again under a proposed profile, and show what would newly pass or stop."""
    document = content(file)
    told = talk(lambda session: session.post("/policy/replay", document))
    columns = ("sender", "recipient", "purpose", "decisions", "reason", "categories")
    lines = [f"replay digest: {told['replay_digest']}"]
    lines += [f"decided again: {told['decided_again']}", f"left out: {told['left_out']}", *_lines(told["differences"])]
    for name in ("would_newly_pass", "would_newly_stop", "would_carry_otherwise"):
        lines += [f"{name.replace('_', ' ')}\t{line}" for line in rows(told[name], *columns)]
    result(told, lines, as_json=json)


@policy.command("propose")
def propose(file: Source, *, json: Json = False) -> None:
    """Let two officers approve a proposed profile on the pages; it counts once the gateway is started with it then."""
    document = content(file)
    told = talk(lambda session: session.post("/policy/proposals", document))
    result(told, fields(told), as_json=json)
    if told["missing"]:
        message("Two officers, of whom neither invited the other, approve this digest on the pages.")


@policy.command("status")
def status(*, json: Json = False) -> None:
    """Show what is in force, what is proposed, and how many approvals each proposal waits for."""
    told = talk(lambda session: session.get("/policy/proposals"))
    in_force = told["in_force"]
    shown = fields(in_force if isinstance(in_force, dict) else {})
    columns = ("digest", "proposed", "replay_digest", "approved_by", "missing")
    result(told, [*shown, *rows(told["proposals"], *columns)], as_json=json)


def _lines(listed: object) -> list[str]:
    return [str(one) for one in listed] if isinstance(listed, list) else []
