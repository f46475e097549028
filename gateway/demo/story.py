"""Tells the whole story once, then leaves the gateway open for whoever wants to try it. `run` is the way in."""

import asyncio
import logging
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import httpx

from gateway import logs
from gateway.clock import SystemClock
from gateway.core.errors import GatewayError
from gateway.demo import scenes_no, scenes_yes
from gateway.demo.agencies import CLINIC_SYSTEM, POLICE
from gateway.demo.folder import NAME, emptied
from gateway.demo.messages import MIRELA
from gateway.demo.server import until_interrupted
from gateway.demo.show import Show
from gateway.demo.tale import Tale
from gateway.demo.world import World, opened

DONE: Final = 0
BROKEN: Final = 1
INTERRUPTED: Final = 130


def run(once: bool) -> int:  # noqa: FBT001 - the command line hands its own flag on
    """Tell the story in `.demo/` of the current directory; the exit code: 0 when every scene went as told.

    With `once` it ends then; without, the API stays open on loopback until Ctrl-C.
    """
    show = Show()
    try:
        with ExitStack() as held:
            world = _opened(show, held)
            tell(world, show)
            if not once:
                _stay(world, show)
    except KeyboardInterrupt:
        return INTERRUPTED
    except (GatewayError, httpx.HTTPError) as broken:
        show.fault(str(broken))
        return BROKEN
    return DONE


def tell(world: World, show: Show) -> Tale:
    """Tell every scene in order. Raises StoryBrokenError at the first promise that is not kept."""
    tale = Tale(world, show)
    scenes_yes.agencies(tale)
    scenes_yes.agreed(tale)
    scenes_yes.decided(tale, scenes_yes.asked(tale))
    scenes_yes.received(tale)
    scenes_yes.proven(tale)
    scenes_no.refused(tale)
    scenes_no.never_named(tale)
    scenes_no.withdrawn(tale)
    scenes_no.probed(tale)
    scenes_no.compared(tale)
    show.title("\nEvery scene went as told.")
    return tale


def _opened(show: Show, held: ExitStack) -> World:
    show.title("The Referral Gateway: a demonstration")
    show.say("Everybody in it is invented. It runs on this machine alone, with keys made just now.")
    begun = SystemClock().now()
    folder = held.enter_context(emptied(Path(NAME)))
    lines = held.enter_context(folder.lines.open("w", encoding="utf-8"))
    logs.configure(lines, logging.WARNING)
    world = held.enter_context(opened(folder))
    took = SystemClock().now() - begun
    show.say(f"Ready in {took.total_seconds():.1f} s at {world.url}.")
    return world


def _stay(world: World, show: Show) -> None:
    """Leave the API open until Ctrl-C, and say what to try."""
    python = Path(sys.executable)
    shown = python.relative_to(Path.cwd()) if python.is_relative_to(Path.cwd()) else python
    show.say(f"The gateway stays open at {world.url} until you press Ctrl-C.")
    show.say(f"A browser shows its API at {world.url}/reference, and officers sign in at {world.url}/people.")
    show.say("This link makes you a data-protection officer there, once, with a passkey of your own:")
    show.line(f"{world.url}/people/enrol#{asyncio.run(world.invites_an_officer())}")
    show.say(f"Its first page asks whose data you want to follow: try agency {POLICE} and reference {MIRELA}.")
    show.say(f"The agencies' private keys lie in {world.folder.clients}, the log as an auditor has it in {NAME}/log.")
    show.say("The operator's commands work on it from another terminal:")
    show.line(f"GATEWAY_DATA={world.folder.data} {shown} -m gateway agency list")
    show.say(
        "Send a referral of your own, with our client (docs/quickstart.md) or without it (docs/quickstart-agency.md):"
    )
    for script in ("quickstart", "quickstart_agency"):
        show.line(f"{shown} docs/{script}.py {world.url} {world.folder.clients / CLINIC_SYSTEM}.json")
    if world.ended is not None:
        until_interrupted(world.ended)
    show.say("\nClosed.")
