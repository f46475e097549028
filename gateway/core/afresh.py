"""What is known about a person as the database has it now, and not as this node remembers it.

What a decision rests on may be remembered: its transaction looks at the heads again, and a stale memory costs a second
preparation. Whatever is shown, told, counted or refused without such a look has to be read here, or what another node
wrote would never count: nothing tells this one that a head moved. `tests/architecture/test_remembered.py` holds it.
"""

from collections.abc import Callable

from gateway.core.heads import person_head
from gateway.core.known import KnownPerson
from gateway.core.ports import People


def afresh(people: People, find: Callable[[], KnownPerson | None]) -> KnownPerson | None:
    """Find her as the database knows her now. `find` asks `people`, and is asked again."""
    remembered = find()
    if remembered is None:
        return None
    people.forget([head.id for head in remembered.heads])
    return find()


def person_afresh(people: People, person: bytes) -> KnownPerson:
    """Return the person of that id as the database knows her now."""
    people.forget([person_head(person)])
    return people.person(person)
