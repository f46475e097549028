"""Another's id costs what an invented one does: the same answer, and the same work of the database (M-04).

Work is counted and not timed: a statement more, or one about more, is what an onlooker could measure in the end.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from journeys.grounds import YES, reference_of
from journeys.in_process import a_line
from journeys.refusing import DESK, HOUSE, OFFICE, Senders, senders_of
from journeys.test_bad_input import request
from journeys.test_every_door_refuses_alike import NEW_EACH_TIME
from sqlalchemy import event
from sqlalchemy.engine import Engine

from gateway.demo.messages import written
from schemas.documents import Document

INVENTED = "0123456789ABCDEFGHJKMNPQRS"
_VALUES = re.compile(r"x?'[^']*'|\b[0-9]+\b")
_INTO_THE_TREE = "INSERT INTO ledger_node"
WITHDRAWN: Document = {"schema": "consent_event/1.0", "type": "withdrawn"}
YES_THERE_IS: Document = {"schema": "capacity_answer/1.0", "answer": "yes"}


@dataclass
class Statements:
    """What SQLite was asked while somebody listened, without the values."""

    heard: list[str] = field(default_factory=list)

    def listen(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(self.heard.append)

    def during(self, ask: Callable[[], httpx.Response]) -> tuple[httpx.Response, list[str]]:
        ask()  # What is prepared and remembered is so now.
        self.heard.clear()
        answer = ask()
        return answer, [_VALUES.sub("?", one) for one in self.heard if not one.startswith(_INTO_THE_TREE)]


@pytest.fixture(scope="module")
def statements() -> Iterator[Statements]:
    made = Statements()
    event.listen(Engine, "connect", made.listen)
    yield made
    event.remove(Engine, "connect", made.listen)


@pytest.fixture(scope="module")
def senders(statements: Statements, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Senders]:
    assert not statements.heard, "whoever listens has to be there first"
    with a_line(tmp_path_factory.mktemp("line") / ".demo") as line, senders_of(line) as gathered:
        yield gathered


@pytest.fixture(scope="module")
def others(senders: Senders) -> dict[str, str]:
    """Ids that the office has and nobody else: all are about one woman, who is known to the desk as well."""
    told = senders.answers(reference_of(YES))
    [consent] = told["consents"].json()["consents"]
    sent = told["on a question"].json()["decision_id"]
    return {"referral": sent, "consent": consent["consent"], "question": senders.question}


def look(suffix: str = "", kind: str = "referral") -> tuple[str, str, str, Document | None]:
    return kind, "GET", f"/v1/{kind}s/{{}}{suffix}", None


DOORS = {
    "a referral": look(),
    "its proof": look("/proof"),
    "its status": look("/status"),
    "its explanation": look("/explanation"),
    "a consent": look(kind="consent"),
    "what happens to a consent": ("consent", "POST", "/v1/consents/{}/events", WITHDRAWN),
    "the receipt of a consent": ("consent", "POST", "/v1/consents/{}/receipt", {"handed_out": False}),
    "a question": ("question", "POST", "/v1/capacity-questions/{}/answer", YES_THERE_IS),
    "a message": ("referral", "POST", "/v1/inbox/{}/acknowledgement", {}),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("asker", [DESK, HOUSE])
def test_m_04_anothers_id_costs_what_an_invented_one_does(
    senders: Senders, statements: Statements, others: dict[str, str], door: str, asker: str
) -> None:
    kind, method, path, body = DOORS[door]

    def asks(name: str) -> tuple[object, list[str]]:
        headers, content = {"Content-Type": "application/json"}, b"" if body is None else written(body)
        asking = senders.systems[asker]
        answer, heard = statements.during(lambda: request(asking, path.format(name), content, headers, method))
        told = [(name, value) for name, value in answer.headers.multi_items() if name not in NEW_EACH_TIME]
        return (answer.status_code, told, answer.content), heard

    (invented, for_invented), (foreign, for_foreign) = asks(INVENTED), asks(others[kind])
    assert invented[0] == 404
    assert foreign == invented
    assert for_invented, "nothing was heard"
    assert for_foreign == for_invented


def test_m_04_whose_it_is_costs_more(senders: Senders, statements: Statements, others: dict[str, str]) -> None:
    """The canary: to show a consent takes her whole history."""
    path = "/v1/consents/{}"
    _, for_invented = statements.during(lambda: request(senders.systems[OFFICE], path.format(INVENTED), method="GET"))
    answer, heard = statements.during(
        lambda: request(senders.systems[OFFICE], path.format(others["consent"]), method="GET")
    )
    assert answer.status_code == 200
    assert len(heard) > len(for_invented)
