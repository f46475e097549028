"""The demonstration's story against a real deployment: `compose run story`.

It registers agencies and officers as an operator does, in a process of its own beside the nodes; every agency's system
then speaks to the TLS proxy and to nothing else. With STORY_PAUSE=1 it stops in the middle and goes on after a line on
standard input, so that somebody can take a node away meanwhile.
"""

import asyncio
import os
import shutil
import ssl
import sys
from pathlib import Path

import httpx

from gateway.core.access.certificates import read_pem
from gateway.demo import scenes_no, scenes_yes
from gateway.demo.agencies import CLIENTS, CLINIC, CLINIC_SYSTEM
from gateway.demo.folder import DemoFolder
from gateway.demo.show import Show
from gateway.demo.tale import Tale
from gateway.demo.world import World, peopled
from gateway.settings import read
from gateway.wiring import Gateway, build

CERTIFIED = "riverside-clinic-certified"
OWN = Path("/clinic/own.pem")
PATIENCE = 30.0


def main() -> None:
    """Register everybody, and tell the story."""
    folder = DemoFolder(Path("/data/story"))
    shutil.rmtree(folder.root, ignore_errors=True)
    for inside in (folder.root, folder.data, folder.clients, folder.log):
        inside.mkdir(mode=0o700)
    context = ssl.create_default_context(cafile="/authority/authority.pem")
    gateway = build(read())
    gateway.start()
    try:
        with httpx.Client(verify=context, trust_env=False, timeout=PATIENCE) as http:
            world = peopled(folder, gateway, http)
            asyncio.run(certified(gateway, OWN.read_text()))
            told(world)
    finally:
        gateway.close()


async def certified(gateway: Gateway, pem: str) -> None:
    """Register the clinic's second system, which shows a certificate."""
    scopes = next(plan.scopes for plan in CLIENTS if plan.id == CLINIC_SYSTEM)
    certificate = read_pem(pem[pem.index("-----BEGIN CERTIFICATE") :].encode())
    await gateway.registry.add_certified_client(CERTIFIED, CLINIC, [certificate], (), scopes)


def told(world: World) -> None:
    """Tell every scene. Raises StoryBrokenError at the first promise that is not kept."""
    tale = Tale(world, Show())
    scenes_yes.agencies(tale)
    scenes_yes.agreed(tale)
    scenes_yes.decided(tale, scenes_yes.asked(tale))
    if os.environ.get("STORY_PAUSE") == "1":
        sys.stdout.write("PAUSED\n")
        sys.stdout.flush()
        sys.stdin.readline()
    scenes_yes.received(tale)
    scenes_yes.proven(tale)
    scenes_no.refused(tale)
    scenes_no.never_named(tale)
    scenes_no.withdrawn(tale)
    scenes_no.probed(tale)
    scenes_no.compared(tale)
    sys.stdout.write("EVERY SCENE WENT AS TOLD\n")


if __name__ == "__main__":
    main()
