"""Nothing of the police's document gets anywhere but where it may: the whole story, with a secret in every field.

A real server, real files. Then every answer, everything the recipients opened, both databases with their logs, the
exports, the terminal and every log line are searched for every secret in every form, and for every hash of one.
"""

import base64
import dataclasses
import functools
import io
import json
import logging
from pathlib import Path

import httpx
import pytest
from journeys.in_process import a_line
from journeys.planting import SUPPLEMENT, Planted, planted, planted_supplement
from journeys.searching import Found, digests, forms, found

from gateway.demo import messages, world
from gateway.demo.agencies import CLINIC_SYSTEM, RECORDS, SHELTER
from gateway.demo.folder import emptied
from gateway.demo.scenes_yes import about_her
from gateway.demo.show import Show
from gateway.demo.story import tell
from gateway.demo.tale import Tale
from schemas.vocabulary import Need, Purpose

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]

AT_THE_NGO = "what the counselling service opened"
TO_THE_SENDER = "GET /v1/referrals"


@dataclasses.dataclass(eq=False)
class Searched:
    """Everything that could hold a leak, by name, and the secrets."""

    evidence: dict[str, bytes]
    plant: Planted
    tale: Tale

    @property
    def secrets(self) -> dict[str, str]:
        return {**self.plant.secrets, **SUPPLEMENT, "person_ref": messages.MIRELA}

    @property
    def documents(self) -> dict[str, bytes]:
        addition = messages.written(planted_supplement(messages.MIRELA, Need.ACCOMMODATION_EMERGENCY))
        return {"the incident report": self.plant.document, "the supplement": addition}

    @functools.cached_property
    def everything(self) -> list[Found]:
        """Search once; it takes seconds."""
        return found(self.evidence, self.secrets, self.documents)


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Searched:
    """Tell the story with planted documents, and gather whatever it left anywhere."""
    plant, terminal, lines = planted(messages.police_incident()), io.StringIO(), io.StringIO()
    evidence: dict[str, bytes] = {}
    handler, root = logging.StreamHandler(lines), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    patch = pytest.MonkeyPatch()
    patch.chdir(tmp_path_factory.mktemp("leaks"))
    try:
        with emptied(Path(".demo")) as folder:
            with world.opened(folder) as opened:
                played = dataclasses.replace(opened, incident=plant.document, supplement=planted_supplement)
                played.http.event_hooks = {"response": [lambda response: keep(evidence, response)]}
                tale = tell(played, Show(terminal))
                bad_requests(tale)
                evidence |= files(folder.root, "while it runs")
            evidence |= files(folder.root, "when it is closed")
    finally:
        patch.undo()
        root.removeHandler(handler)
        root.setLevel(level)
    evidence |= {"the terminal": terminal.getvalue().encode(), "log lines": lines.getvalue().encode()}
    evidence["what the shelter opened"] = tale.at_shelter.document.encode()
    evidence[AT_THE_NGO] = tale.at_ngo.document.encode()
    return Searched(evidence, plant, tale)


def keep(evidence: dict[str, bytes], response: httpx.Response) -> None:
    """Keep an answer: status line, headers and body."""
    head = "\r\n".join(f"{name}: {value}" for name, value in response.headers.multi_items())
    path = response.request.url.path
    route = TO_THE_SENDER if response.request.method == "GET" and path.startswith("/v1/referrals/") else path
    name = f"answer {len(evidence)}: {response.request.method} {route} {response.status_code}"
    evidence[name] = f"{path}\r\n{head}\r\n".encode() + response.read()


def files(root: Path, when: str) -> dict[str, bytes]:
    """Read every file of the demonstration."""
    read = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {f"{path.relative_to(root)} {when}": path.read_bytes() for path in read}


def bad_requests(tale: Tale) -> None:
    """Send what makes the gateway complain about the document: each complaint is searched too."""
    police, incident = tale.system(RECORDS), tale.world.incident
    route = messages.routing(SHELTER, Purpose.ACCOMMODATION)
    addition = planted_supplement(messages.MIRELA, Need.OTHER)
    conflicting = {**addition, "subject": {**addition["subject"], "sex": "male"}}
    unknown = {**addition, "subject": {**addition["subject"], SUPPLEMENT["note"]: SUPPLEMENT["note"]}}
    broken = [
        (incident[:-200], addition),
        (incident.replace(b"<j:Victim ", b"<j:Missing ").replace(b"</j:Victim>", b"</j:Missing>"), addition),
        (incident.replace(b">F<", f">{SUPPLEMENT['note']}<".encode()), addition),
        (incident, conflicting),
        (incident, unknown),
    ]
    for document, more in broken:
        body, announced = messages.related(document, messages.NDEX, more)
        answer = police.post("/v1/referrals", body, {**route, **announced})
        assert 400 <= answer.status < 500
    police.post("/v1/referrals", incident, {**route, "Content-Type": messages.NDEX})
    police.sign_in()
    police.http.get(f"{tale.world.url}/metrics")


def test_a_secret_was_planted_in_every_field(searched: Searched) -> None:
    assert len(searched.plant.secrets) > 70
    assert all(secret.encode() in searched.plant.document for secret in searched.plant.secrets.values())


def test_the_evidence_is_complete(searched: Searched) -> None:
    names = " ".join(searched.evidence)
    for expected in (
        *("gateway.db while", "gateway.db-wal", "gateway.db-shm", "person-keys.db while", "person-keys.db-wal"),
        *("gateway.db when", "export.jsonl", "receipt.json", "/v1/inbox/lease 200", "/v1/withdrawals 200"),
        *("/v1/consents 201", "/v1/referrals 201", "/v1/referrals 403", "/v1/referrals 400", "/v1/referrals 422"),
        *("/oauth/token 200", "/metrics"),
    ):
        assert expected in names, expected
    assert len(searched.evidence["log lines"]) > 1000
    assert len(searched.evidence["the terminal"]) > 1000


def test_no_secret_and_no_hash_of_one_is_anywhere(searched: Searched) -> None:
    """Two may be somewhere: the name she chose, with her counsellors; the police's own number, told to the police."""
    assert [one for one in searched.everything if not permitted(one)] == []


def permitted(one: Found) -> bool:
    if one.name == "alias":
        return one.where == AT_THE_NGO or " /v1/inbox/lease " in one.where
    return one.name.endswith(" DataItemID") and TO_THE_SENDER in one.where


def test_what_is_permitted_is_found_where_it_is(searched: Searched) -> None:
    """The canary of the search on its real way: what a recipient gets is found, encoded as it travels too."""
    everything = searched.everything
    assert Found("alias", "raw", AT_THE_NGO) in everything
    assert any(one.name == "alias" and one.form.startswith("base64") for one in everything)
    assert any(one.name.endswith(" DataItemID") and one.form == "raw" for one in everything)


def test_the_shelters_document_holds_what_the_profile_lists_and_she_agreed_to(searched: Searched) -> None:
    assert searched.tale.at_shelter is not None
    about = about_her(tuple(json.loads(searched.tale.at_shelter.document)))
    assert {*about} == {"a number only the shelter has", "need", "age band", "language"}


def test_a_seal_that_seals_nothing_is_found_in_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The canary of the guard itself: without encryption at rest, the sender's own number lies in the files."""
    monkeypatch.setattr("gateway.core.recognising.seal_at_rest", lambda _key, _place, value, _nonce: value)
    own_number = "VISIT-" + SUPPLEMENT["note"]
    with a_line(tmp_path / ".demo") as line:
        document = {
            "schema": "referral/1.0",
            "sender_reference": own_number,
            "subject": {"person_ref": messages.FIRST, "minor_status": "adult"},
            "needs": [{"code": Need.ACCOMMODATION_EMERGENCY}],
        }
        route = messages.routing(SHELTER, Purpose.ACCOMMODATION)
        assert line.world.systems[CLINIC_SYSTEM].post("/v1/referrals", messages.written(document), route).status == 201
        left = found(files(line.world.folder.root, ""), {"own number": own_number}, {})
    assert any("gateway.db" in one.where and one.form == "raw" for one in left)


TEXT, CONTENT = "Ana-Léa 7/4+x", b"<document>Ana</document>"


@pytest.mark.parametrize("form", sorted(forms(TEXT)))
def test_a_text_is_found_in_every_form(form: str) -> None:
    evidence = {"a file": b"before " + forms(TEXT)[form] + b" after", "another": b"nothing"}
    assert {one.where for one in found(evidence, {"name": TEXT}, {})} == {"a file"}


@pytest.mark.parametrize("form", sorted(digests(CONTENT)))
def test_a_hash_is_found_in_every_form(form: str) -> None:
    evidence = {"a file": b"before " + digests(CONTENT)[form] + b" after", "another": CONTENT}
    assert {one.where for one in found(evidence, {}, {"document": CONTENT})} == {"a file"}


@pytest.mark.parametrize("around", range(7))
def test_a_text_inside_something_that_is_encoded_is_found(around: int) -> None:
    inside = b"x" * around + TEXT.encode() + b"y" * (11 - around)
    evidence = {"standard": base64.b64encode(inside), "for urls": base64.urlsafe_b64encode(inside)}
    assert {one.where for one in found(evidence, {"name": TEXT}, {})} == {*evidence}


def test_nothing_is_found_where_nothing_is() -> None:
    assert found({"a file": b"Somebody else 7/4+x" * 100}, {"name": TEXT}, {"document": CONTENT}) == []
