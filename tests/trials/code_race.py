"""One introduction code, shown at once by two agencies: it introduces one of them.

The store, the writers and the line are the real ones; between what each prepared and what it records lies a random
pause, and on PostgreSQL each goes through a node of its own. What was bound is counted in the database.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from random import Random

from furnished import FETCHING, NATIVE, POLICE, SENDING, SHELTER, Installation, consented, person_ref
from sqlalchemy import create_engine, text
from trials.in_process import Paused, a_caller, later, nodes_of

from gateway.core.answers import Recorded
from gateway.core.consents.code_items import CodeRefused
from gateway.core.consents.introductions import UseAnswer
from gateway.wiring import Gateway

_LONGEST_PAUSE = 0.004
_RIVALS = ((FETCHING, SHELTER), (NATIVE, "records"))
_TWICE = "select count(*) from (select digest from code_use group by digest having count(*) > 1) as used"


@dataclass(frozen=True, slots=True)
class CodeRace:
    """What many races came to; the last three must be 0."""

    races: int
    won_by_the_first: int
    """Of the two agencies: both must have won sometimes."""
    bound: int
    bound_twice: int
    not_bound_once: int
    answered_otherwise: int

    @property
    def held(self) -> bool:
        """Say whether each code introduced exactly one."""
        return self.bound == self.races and not (self.bound_twice or self.not_bound_once or self.answered_otherwise)


def codes_raced(installed: Installation, races: int, seed: int) -> CodeRace:
    """Run so many races on this installation, each for a new person."""
    random = Random(seed)  # noqa: S311 - repeatable, and no secret
    people = range(installed.persons, installed.persons + races)
    with nodes_of(installed) as nodes, ThreadPoolExecutor(2) as threads:
        answers = [_one(nodes, threads, random, installed, number) for number in people]
    won = [[isinstance(answer, Recorded) for answer in pair] for pair in answers]
    return CodeRace(
        races=races,
        won_by_the_first=sum(first for first, _ in won),
        bound=_counted(installed, "select count(*) from code_use"),
        bound_twice=_counted(installed, _TWICE),
        not_bound_once=sum(pair.count(True) != 1 for pair in won),
        answered_otherwise=sum(not isinstance(answer, Recorded | CodeRefused) for pair in answers for answer in pair),
    )


def _one(
    nodes: list[Gateway], threads: ThreadPoolExecutor, random: Random, installed: Installation, number: int
) -> list[UseAnswer]:
    """Let two agencies bind a reference of their own with one code."""
    name = f"race-{number:06d}"
    asyncio.run(consented(nodes[0], POLICE, number, name))
    issuing = random.choice(nodes).door.introductions
    hers = issuing.bound_to(POLICE, person_ref(number))
    given = asyncio.run(issuing.introduce(a_caller(SENDING, POLICE), hers, name))
    assert isinstance(given, Recorded), "no code was given out"
    code = str(given.answer["code"])

    def binding(at: int) -> UseAnswer:
        client, agency = _RIVALS[at]
        node = nodes[at % len(nodes)]
        recorder = Paused(node.writer, random.random() * _LONGEST_PAUSE)
        introductions = replace(node.door.introductions, desk=replace(node.door.desk, recorder=recorder))
        bind = introductions.bind(a_caller(client, agency), person_ref(number, agency), code, name)
        return later(random.random() * _LONGEST_PAUSE, lambda: bind)

    answers = list(threads.map(binding, range(len(_RIVALS))))
    _forget_tries(installed)
    return answers


def _forget_tries(installed: Installation) -> None:
    """Whoever comes second has shown a used code, and some of those lock a client out."""
    engine = create_engine(installed.settings().database())
    with engine.begin() as connection:
        connection.execute(text("delete from code_try"))
    engine.dispose()


def _counted(installed: Installation, query: str) -> int:
    engine = create_engine(installed.settings().database())
    with engine.connect() as connection:
        found = int(connection.execute(text(query)).scalar_one())
    engine.dispose()
    return found
