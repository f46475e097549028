"""Proofs and assertions used twice: many at once, and again after a kill and a restart. None may pass twice.

On one node with one or several processes, or on two nodes that share a PostgreSQL and nothing else.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from clusters import Cluster
from furnished import SENDING, Installation
from load import send_all
from referral_documents import CANONICAL, PATH, canonical_bodies, fresh_keys, headers_of
from sending_system import FORM, TOKEN_PATH, SendingSystem, token_form, written
from served import LOOPBACK, Server
from trials.unlucky import on_postgresql

PARALLEL = 20
_LIVES = 60.0
"""Seconds: an assertion and a proof, as this client signs them."""


@dataclass(slots=True)
class Replays:
    """What became of all rounds: how often a proof or an assertion was shown, accepted, and accepted once too often."""

    rounds: int = 0
    shown: int = 0
    accepted: int = 0
    accepted_twice: int = 0
    accepted_after_restart: int = 0
    never_accepted: int = 0
    broken: int = 0
    """Answers that are neither a yes nor a refusal of the caller."""
    too_late: int = 0
    """Rounds that outlasted what was shown in them: it is refused because it has expired, which says nothing here."""

    @property
    def held(self) -> bool:
        """Say whether each was accepted once and never again."""
        accepted = self.accepted_twice or self.accepted_after_restart
        return not (accepted or self.never_accepted or self.broken or self.too_late)


def nothing() -> None:
    """Happens while the server is down."""


def replayed(
    installed: Installation, rounds: int, meanwhile: Callable[[], None] = nothing, workers: int = 1
) -> Replays:
    """Show one proof at the API, one assertion and one proof at the token endpoint, each many times at once.

    `meanwhile` happens while the server is down; `workers` processes answer.
    """
    return _shown([Server.gateway(installed, workers)], installed, rounds, meanwhile)


def replayed_on_two_nodes(folder: Path, rounds: int) -> Replays:
    """Do the same, half of it to each of two nodes, which are killed and started together."""
    with ExitStack() as closing:
        cluster = Cluster.made(folder / "postgresql")
        closing.callback(cluster.crash)
        cluster.start()
        installed = on_postgresql(folder, cluster, persons=20)
        first = Server.gateway(installed)
        url = f"http://{LOOPBACK}:{first.port}"
        second = Server.gateway(installed.copy(folder / "beside"), GATEWAY_URL=url)
        return _shown([first, second], installed, rounds, nothing)


def _shown(nodes: Sequence[Server], installed: Installation, rounds: int, meanwhile: Callable[[], None]) -> Replays:
    found = Replays()
    system = SendingSystem(SENDING, installed.clients[SENDING], nodes[0].port)
    bodies, keys = canonical_bodies(installed.persons), fresh_keys("replay")
    with ExitStack() as running, ThreadPoolExecutor(len(nodes)) as threads:
        [*threads.map(running.enter_context, nodes)]
        for _ in range(rounds):
            found.rounds += 1
            system.authorize("referrals:send")
            begun = time.monotonic()
            shown = [_same_proof(system, bodies, keys), _same_assertion(system), _same_token_proof(system)]
            for requests in shown:
                _count(found, nodes, requests)
            for node in nodes:
                node.kill()
            meanwhile()
            [*threads.map(Server.start, nodes)]
            for requests in shown:
                _count_after_restart(found, nodes, requests)
            found.too_late += time.monotonic() - begun > _LIVES
    return found


def _same_proof(system: SendingSystem, bodies: Iterator[bytes], keys: Iterator[str]) -> list[bytes]:
    """Many referrals, all different, all with one DPoP proof."""
    proof = system.proof("POST", PATH, with_token=True)
    return [
        system.prepared(PATH, next(bodies), **{**headers_of(CANONICAL, next(keys)), "DPoP": proof})
        for _ in range(PARALLEL)
    ]


def _same_assertion(system: SendingSystem) -> list[bytes]:
    """Many token requests with one client assertion, each with a proof of its own."""
    assertion = system.assertion()
    return [_token_request(system, assertion, system.proof("POST", TOKEN_PATH)) for _ in range(PARALLEL)]


def _same_token_proof(system: SendingSystem) -> list[bytes]:
    """Many token requests with one proof, each with an assertion of its own."""
    proof = system.proof("POST", TOKEN_PATH)
    return [_token_request(system, system.assertion(), proof) for _ in range(PARALLEL)]


def _token_request(system: SendingSystem, assertion: str, proof: str) -> bytes:
    body = urlencode(token_form(assertion, "referrals:send")).encode()
    return written(system.port, TOKEN_PATH, body, {"DPoP": proof, "Content-Type": FORM})


def _answers(nodes: Sequence[Server], requests: Sequence[bytes]) -> Counter[int]:
    """Deal the requests out to the nodes, all at once; how often each status came back."""
    dealt = [requests[at :: len(nodes)] for at in range(len(nodes))]
    with ThreadPoolExecutor(len(nodes)) as threads:
        sent = threads.map(lambda node, some: send_all(node.port, some, PARALLEL).codes, nodes, dealt)
        return sum(sent, Counter[int]())


def _count(found: Replays, nodes: Sequence[Server], requests: Sequence[bytes]) -> None:
    codes = _answers(nodes, requests)
    accepted = codes[200] + codes[201]
    found.shown += len(requests)
    found.accepted += accepted
    found.accepted_twice += max(0, accepted - 1)
    found.never_accepted += accepted == 0
    found.broken += len(requests) - accepted - codes[400] - codes[401]


def _count_after_restart(found: Replays, nodes: Sequence[Server], requests: Sequence[bytes]) -> None:
    codes = _answers(nodes, requests)
    accepted = codes[200] + codes[201]
    found.shown += len(requests)
    found.accepted_after_restart += accepted
    found.broken += len(requests) - accepted - codes[400] - codes[401]
