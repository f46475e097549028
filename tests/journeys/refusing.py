"""The same woman referred to the same shelter at every door that answers a sender, and what each answered."""

import asyncio
import csv
import io
import sqlite3
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

import httpx
from fake_primero import SECRET, her_case
from fhir_client import FhirClient
from fhir_door import a_bundle, a_lone_task, a_message, a_patient, a_request, a_task, agency
from joserfc.jwk import ECKey
from journeys import grounds
from journeys.in_process import InProcess, Line
from journeys.onward import agreed, joined, system
from journeys.test_bad_input import REFERRALS, request

from gateway.app import create_app
from gateway.core.access.client_modes import ClientMode
from gateway.core.access.scopes import Scope
from gateway.core.beats import AT_ONCE
from gateway.core.delivery.hooks import Hook, Locks
from gateway.core.previewing import Previews
from gateway.demo.agencies import NOBODY, SHELTER, Member
from gateway.demo.client import System
from gateway.demo.messages import routing, written
from gateway.wiring import Gateway
from schemas.documents import Document, Json
from schemas.vocabulary import FunctionClass, Need, Purpose

OFFICE, HOSPITAL, HOUSE, DESK = "night-office", "night-hospital", "night-house", "night-desk"
SENDERS = {OFFICE: "canonical", HOSPITAL: "fhir", HOUSE: "primero", DESK: "htcds"}
"""Who sends, and what its system speaks. The office may send only where the shelter said there is room."""

_HER = "urn:referral-gateway:person-ref"


class Cases:
    """Gives whatever case is asked for; a Primero behind a socket has tests of its own."""

    async def fetched(self, record: str) -> tuple[bytes, str]:
        return written({"data": {**her_case(), "id": record}}), "application/json"


@dataclass
class Senders:
    """Agencies of every format, who know the women of `journeys.grounds`."""

    line: Line
    systems: Mapping[str, System]
    hospital: FhirClient
    question: str

    @property
    def office(self) -> System:
        """The system of the office."""
        return self.systems[OFFICE]

    def answers(self, reference: str, to: str = SHELTER) -> dict[str, httpx.Response]:
        """Ask at every door about one woman, and then look at what that left behind."""
        body, headers = _referral(reference), self._headers(to)
        sent = {
            "preview": self._posted(OFFICE, f"{REFERRALS}/preview", body, **headers),
            "on a question": self._posted(OFFICE, REFERRALS, body, **headers),
            "bulk": self.bulk(reference, to=to),
            "table": self._table(reference, to),
            "fhir task": self.hospital.ask("POST", "/Task", _task(reference, to)),
            "fhir transaction": self.hospital.ask("POST", "", _transaction(reference, to)),
            "fhir message": self.hospital.ask("POST", "/$process-message", _message(reference, to)),
            "hook": self.hint(reference, to),
        }
        decision, task = sent["on a question"].json()["decision_id"], sent["fhir task"].json()["id"]
        return {**sent, **self._looked_at(reference, f"{REFERRALS}/{decision}", task)}

    def _looked_at(self, reference: str, referral: str, task: str) -> dict[str, httpx.Response]:
        hooked = f"{REFERRALS}/{self.newest(HOUSE)}"
        return {
            "referral": self._read(OFFICE, referral),
            "status": self._read(OFFICE, f"{referral}/status"),
            "proof": self._read(OFFICE, f"{referral}/proof"),
            "explanation": self._read(OFFICE, f"{referral}/explanation"),
            "hooked referral": self._read(HOUSE, hooked),
            "hooked explanation": self._read(HOUSE, f"{hooked}/explanation"),
            "fhir referral": self.hospital.ask("GET", f"/Task/{task}"),
            "fhir referrals": self.hospital.ask("GET", "/Task"),
            "questions": self._read(OFFICE, "/v1/capacity-questions/asked"),
            "consents": self._searched("consents", reference),
            "case": self.case(reference),
        }

    def case(self, reference: str) -> httpx.Response:
        """Look at what the office recorded about her."""
        return self._searched("case-events", reference)

    def hint(self, reference: str, to: str = SHELTER, secret: bytes = SECRET) -> httpx.Response:
        """Call as the house's Primero does."""
        body, headers = {"data": {"record_id": reference}}, {"x-api-key": secret.decode()}
        return self.office.http.post(f"{self.office.url}/hooks/primero/to-{to}", json=body, headers=headers)

    def bulk(self, *references: str, to: str = SHELTER) -> httpx.Response:
        """Send a line for each; every other holds its document encoded."""
        lines = []
        for number, reference in enumerate(references):
            key = {"Idempotency-Key": self.office.entropy.bytes(16).hex(), "Content-Type": "application/json"}
            body = _referral(reference)
            said = {"body": b64encode(written(body)).decode()} if number % 2 else {"document": body}
            lines.append(written({"headers": {**self._headers(to), **key}, **said}))
        return self._posted(OFFICE, f"{REFERRALS}/bulk", b"\n".join(lines), **{"Content-Type": "application/x-ndjson"})

    def newest(self, sender: str) -> str:
        """Return the id of the newest decision for that agency: a hook's caller is not told it."""
        with closing(sqlite3.connect(self.line.world.gateway.settings.data / "gateway.db")) as database:
            query = "select id from referral where sender = ? order by leaf_index desc limit 1"
            return database.execute(query, (sender,)).fetchone()[0]

    def _headers(self, to: str) -> dict[str, str]:
        return {**_route(to), "GX-Capacity": self.question}

    def _posted(self, sender: str, path: str, body: Document | bytes, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else written(body)
        return request(self.systems[sender], path, content, {"Content-Type": "application/json", **headers})

    def _read(self, sender: str, path: str) -> httpx.Response:
        return request(self.systems[sender], path, method="GET")

    def _searched(self, what: str, reference: str) -> httpx.Response:
        return self._posted(OFFICE, f"/v1/{what}/search", {"person_ref": reference})

    def _table(self, reference: str, to: str) -> httpx.Response:
        columns = ("gx_PersonRef", "KEY", "prs_FirstName", "prs_Birthdate", "prs_Gender", "gx_Needs")
        row = (reference, "CASE-1", "Linnet", "1999-02-01", "Feminine", Need.ACCOMMODATION_EMERGENCY)
        text = io.StringIO()
        csv.writer(text).writerows([columns, row])
        return self._posted(DESK, "/v1/uploads", text.getvalue().encode(), **_route(to), **{"Content-Type": "text/csv"})


def _route(to: str) -> dict[str, str]:
    return routing(to, Purpose.ACCOMMODATION)


def _referral(reference: str) -> Document:
    subject: Document = {"person_ref": reference, "minor_status": "adult"}
    return {"schema": "referral/1.0", "subject": subject, "needs": [{"code": Need.ACCOMMODATION_EMERGENCY}]}


# ---------------------------------------------------------------------------------------------------------------- FHIR


def _named(kind: str, reference: str, to: str) -> dict[str, Json]:
    numbered = [{"value": f"{kind}-{reference}-{to}"}]
    return {"identifier": numbered, "owner": agency(to), "requester": agency(HOSPITAL)}


def _her(reference: str, **changes: Json) -> dict[str, Json]:
    return a_patient(**{"identifier": [{"system": _HER, "value": reference}], **changes})


def _task(reference: str, to: str) -> dict[str, Json]:
    inside = [_her(reference, id="her"), a_request(id="request", subject={"reference": "#her"})]
    return a_lone_task(**_named("task", reference, to), contained=inside)


def _transaction(reference: str, to: str) -> dict[str, Json]:
    task = a_task(**_named("transaction", reference, to))
    parts = (("her", _her(reference)), ("request", a_request()), ("task", task))
    return a_bundle("transaction", *parts, identifier={"value": f"transaction-{reference}-{to}"})


def _message(reference: str, to: str) -> dict[str, Json]:
    message = a_message(task=a_task(**_named("message", reference, to)))
    header, *others, _ = (entry["resource"] for entry in message["entry"])
    header["destination"][0]["receiver"] = agency(to)
    parts = zip(("header", "task", "request", "her"), (header, *others, _her(reference)), strict=True)
    return a_bundle("message", *parts, identifier={"value": f"message-{reference}-{to}"})


# --------------------------------------------------------------------------------------------------------- the senders


@contextmanager
def senders_of(line: Line) -> Iterator[Senders]:
    """Register all of them, and write down what is on record."""
    shelter, systems = line.world.members[SHELTER], {}
    with httpx.Client(transport=InProcess(create_app(_knocked_at(line.world.gateway)))) as http:
        for name, adapter in SENDERS.items():
            member = joined(line, name, FunctionClass.HEALTH, adapter)
            agreed(line, member, shelter, Purpose.ACCOMMODATION, **({"capacity_first": True} if name == OFFICE else {}))
            systems[name] = replace(system(line, name, *Scope), http=http)
        grounds.record(line, systems)
        yield Senders(line, systems, _fhir(line, http), _room(line, systems[OFFICE], shelter))


def _knocked_at(gateway: Gateway) -> Gateway:
    """Return a gateway that takes the house's hooks, and tells a no at once: beats have tests of their own."""
    exchange = replace(gateway.door.exchange, beat=AT_ONCE)
    door = replace(gateway.door, exchange=exchange, previews=Previews(exchange))
    hooks = {
        name: Hook(name, HOUSE, f"{HOUSE}-journey", to, Purpose.ACCOMMODATION, SECRET, Cases())
        for name, to in ((f"to-{to}", to) for to in (SHELTER, NOBODY))
    }
    taken = replace(gateway.hooks, exchange=exchange, locks=Locks(hooks, b"a key of this process"))
    fhir = replace(gateway.fhir, door=replace(gateway.fhir.door, exchange=exchange))
    return replace(gateway, door=door, fhir=fhir, hooks=taken)


def _fhir(line: Line, http: httpx.Client) -> FhirClient:
    key, registry = ECKey.generate_key("P-384", auto_kid=True), line.world.gateway.registry
    public = key.as_dict(private=False)
    asyncio.run(registry.add_client(f"{HOSPITAL}-fhir", HOSPITAL, [public], frozenset(Scope), ClientMode.SMART))
    made = FhirClient(f"{line.world.url}/fhir", f"{HOSPITAL}-fhir", key, http, line.clock)
    made.sign_in()
    return made


def _room(line: Line, asker: System, shelter: Member) -> str:
    """Ask the shelter for room; it says yes. One yes is one bed, and no refusal uses it up."""
    asked: Document = {
        "schema": "capacity_question/1.0",
        "recipient": shelter.id,
        "purpose": Purpose.ACCOMMODATION,
        "need": Need.ACCOMMODATION_EMERGENCY,
        "age": "adult",
    }
    question = str(asker.post("/v1/capacity-questions", written(asked)).objects("questions")[0]["question"])
    yes = written({"schema": "capacity_answer/1.0", "answer": "yes"})
    answers = system(line, shelter.id, Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX)
    assert answers.post(f"/v1/capacity-questions/{question}/answer", yes).status == 200
    return question
