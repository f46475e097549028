"""The deployment of docker/compose.yaml in containers: the story is told on it, and goes on when a node is gone.

Three tellings of what a country would see: the story with both nodes; the story with one node killed in its middle; two
agencies that go on sending and fetching, by mutual TLS and by key, while the other node is killed.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from served import ROOT

DOCKER = ROOT / "docker"
PROJECT = "referral-gateway-evidence"
IMAGES = ("gateway", "database", "proxy")
TOLD = "EVERY SCENE WENT AS TOLD"
_LONGEST = 600
_BEFORE_THE_KILL = 10.0


@dataclass(frozen=True, slots=True)
class Deployed:
    """What was told and sent; `skipped` says that podman or an image is absent, and then nothing was shown."""

    stories: int = 0
    stories_told: int = 0
    nodes_killed: int = 0
    sent: int = 0
    accepted: int = 0
    arrived: int = 0
    arrived_twice: int = 0
    skipped: int = 0

    @property
    def held(self) -> bool:
        """Tell whether every story went as told and everything accepted arrived once."""
        whole = self.sent == self.accepted == self.arrived > 0 and not self.arrived_twice
        return not self.skipped and whole and self.stories_told == self.stories > 0


def deployed(referrals: int) -> Deployed:
    """Start the deployment twice from nothing, and try it."""
    if not _can_run():
        return Deployed(skipped=1)
    with _up():
        told = TOLD in _run("story")
    with _up():
        told_without = _told_while_a_node_goes()
        _compose("up", "-d", "--no-deps", "node-a")
        _await("node-a")
        accepted, arrived, twice = _sent_while_a_node_goes(referrals)
    return Deployed(2, told + told_without, 2, referrals, accepted, arrived, twice)


def _told_while_a_node_goes() -> bool:
    """Tell the story, and kill one node when a referral waits at it and nobody has fetched it yet."""
    process = _started("story", "-e", "STORY_PAUSE=1")
    assert process.stdout is not None
    assert process.stdin is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if line.startswith("PAUSED"):
            _kill("node-a")
            process.stdin.write("\n")
            process.stdin.flush()
    process.wait(_LONGEST)
    return TOLD in seen


def _sent_while_a_node_goes(referrals: int) -> tuple[int, int, int]:
    """Let the clinic send and the shelter fetch, and kill the other node meanwhile; accepted, arrived, twice."""
    _started("shelter", words=("0",)).communicate(timeout=_LONGEST)  # What the story left for it does not count.
    shelter, clinic = _started("shelter", words=(str(referrals),)), _started("clinic", words=(str(referrals),))
    time.sleep(_BEFORE_THE_KILL)
    _kill("node-b")
    sent, fetched = (json.loads(_last_line(one.communicate(timeout=_LONGEST)[0])) for one in (clinic, shelter))
    return sent["accepted"], fetched["arrived"], fetched["twice"]


def _last_line(said: str) -> str:
    """Return the last line that is an object; podman-compose says things of its own around it."""
    return next((line for line in reversed(said.splitlines()) if line.startswith("{")), "{}")


@contextmanager
def _up() -> Iterator[None]:
    """Start everything from nothing, and leave nothing."""
    _script("down.sh", VOLUMES="1")
    try:
        _script("up.sh")
        yield
    finally:
        _script("down.sh", VOLUMES="1")


def _script(name: str, **more: str) -> None:
    environment = {**os.environ, "PROJECT": PROJECT, **more}
    subprocess.run([str(DOCKER / name)], env=environment, check=True, capture_output=True, timeout=_LONGEST)


def _compose(*words: str) -> None:
    subprocess.run([*_COMPOSE, *words], cwd=DOCKER, check=True, capture_output=True, timeout=_LONGEST)


def _started(service: str, *options: str, words: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
    command = [*_COMPOSE, "run", "--no-deps", "--rm", "-T", *options, service, *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=DOCKER, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)


def _run(service: str) -> str:
    return _started(service).communicate(timeout=_LONGEST)[0]


def _kill(node: str) -> None:
    """Take a node away for good: no time to end anything, and no restart."""
    subprocess.run(
        [_PODMAN, "rm", "--force", "--time", "0", f"{PROJECT}_{node}_1"], check=True, capture_output=True, timeout=60
    )


def _await(node: str) -> None:
    for _ in range(120):
        asked = subprocess.run(
            [_PODMAN, "healthcheck", "run", f"{PROJECT}_{node}_1"], check=False, capture_output=True, timeout=60
        )
        if asked.returncode == 0:
            return
        time.sleep(1)
    raise AssertionError(f"{node} does not answer")


def _can_run() -> bool:
    """Tell whether podman, podman-compose and the images are there."""
    if shutil.which(_PODMAN) is None or shutil.which(_COMPOSE[0]) is None:
        return False
    there = [
        subprocess.run([_PODMAN, "image", "exists", f"localhost/referral-gateway-{name}"], check=False).returncode
        for name in IMAGES
    ]
    return not any(there)


_PODMAN = shutil.which("podman") or "podman"
_COMPOSE = ("podman-compose", "-p", PROJECT, "-f", "compose.yaml")
