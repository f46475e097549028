"""Authorization details (RFC 9396): a token is limited to what is asked for, never beyond what a person registered."""

import json
from dataclasses import replace

import pytest
from joserfc import jwt
from oauth.systems_oauth import System
from oauth.world_oauth import Gateway

from gateway.core.access.client_modes import ClientMode
from gateway.core.access.client_rights import ClientRights
from gateway.core.access.token_details import DETAILS_TYPE, UNLIMITED, Act, Detail, OutsideDetailsError
from gateway.oauth.details import LONGEST, MOST_DETAILS, MOST_LISTED
from schemas.vocabulary import Purpose

SHELTER, LEGAL = "river-shelter", "open-door"
ROOM, ADVICE = Purpose.ACCOMMODATION, Purpose.LEGAL
BOUND = ClientRights(Detail(frozenset({Act.SEND, Act.PREVIEW}), frozenset({SHELTER, LEGAL}), frozenset({ROOM})))


def detail(**members: object) -> dict[str, object]:
    return {"type": DETAILS_TYPE, **members}


def written(*details: object) -> str:
    return json.dumps([*details])


def claims_of(gateway: Gateway, token: str) -> dict[str, object]:
    return dict(jwt.decode(token, gateway.keys.current).claims)


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def system(gateway: Gateway) -> System:
    return gateway.a_system(rights=BOUND)


def test_what_is_asked_for_stands_in_the_answer_in_the_token_and_with_the_caller(gateway: Gateway) -> None:
    system = gateway.a_system()
    asked = detail(actions=["send"], recipients=[SHELTER], purposes=["assistance.accommodation"])
    answer = gateway.ask(system, authorization_details=written(asked))
    assert (answer.status_code, answer.json()["authorization_details"]) == (200, [asked])
    token = answer.json()["access_token"]
    assert claims_of(gateway, token)["authorization_details"] == [asked]
    caller = gateway.call(system, token)
    caller.require_within(Act.SEND, SHELTER, ROOM)
    for act, recipient, purpose in ((Act.PREVIEW, SHELTER, ROOM), (Act.SEND, LEGAL, ROOM), (Act.SEND, SHELTER, ADVICE)):
        with pytest.raises(OutsideDetailsError):
            caller.require_within(act, recipient, purpose)


def test_nothing_asked_for_leaves_a_client_without_limits_without_details(gateway: Gateway) -> None:
    system = gateway.a_system()
    answer = gateway.ask(system).json()
    assert "authorization_details" not in answer
    assert "authorization_details" not in claims_of(gateway, answer["access_token"])
    gateway.call(system, answer["access_token"]).require_within(Act.SEND, "anybody", ADVICE)


def test_nothing_asked_for_gives_a_limited_client_all_of_its_registration_and_no_more(
    gateway: Gateway, system: System
) -> None:
    answer = gateway.ask(system).json()
    limit = detail(actions=["send", "preview"], recipients=[LEGAL, SHELTER], purposes=["assistance.accommodation"])
    assert answer["authorization_details"] == [limit]
    caller = gateway.call(system, answer["access_token"])
    caller.require_within(Act.SEND, LEGAL, ROOM)
    with pytest.raises(OutsideDetailsError):
        caller.require_within(Act.ASK_FOR_ROOM, LEGAL, ROOM)


def test_what_is_left_open_is_filled_in_from_the_registration(gateway: Gateway, system: System) -> None:
    answer = gateway.ask(system, authorization_details=written(detail(actions=["preview"])))
    [granted] = answer.json()["authorization_details"]
    assert granted == detail(actions=["preview"], recipients=[LEGAL, SHELTER], purposes=["assistance.accommodation"])


def test_one_of_several_details_is_enough(gateway: Gateway) -> None:
    system = gateway.a_system()
    both = written(
        detail(actions=["send"], recipients=[SHELTER], purposes=["assistance.accommodation"]),
        detail(actions=["preview"], recipients=[LEGAL], purposes=["assistance.legal"]),
    )
    caller = gateway.call(system, gateway.token(system, authorization_details=both))
    caller.require_within(Act.SEND, SHELTER, ROOM)
    caller.require_within(Act.PREVIEW, LEGAL, ADVICE)
    with pytest.raises(OutsideDetailsError):
        caller.require_within(Act.SEND, LEGAL, ADVICE)


@pytest.mark.parametrize(
    "beyond",
    [
        {"actions": ["ask_for_room"]},
        {"actions": ["send", "ask_for_room"], "recipients": [SHELTER]},
        {"actions": ["send"], "recipients": ["north-shelter"]},
        {"actions": ["send"], "recipients": [SHELTER, "north-shelter"]},
        {"actions": ["send"], "purposes": ["assistance.legal"]},
        {"recipients": [SHELTER]},
    ],
    ids=["act", "one act more", "recipient", "one recipient more", "purpose", "every act"],
)
def test_a_token_never_widens_its_client(gateway: Gateway, system: System, beyond: dict[str, object]) -> None:
    refused = gateway.ask(system, authorization_details=written(detail(**beyond)))
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_authorization_details"})
    within = detail(actions=["send"], recipients=[SHELTER])
    refused = gateway.ask(system, authorization_details=written(within, detail(**beyond)))
    assert refused.json() == {"error": "invalid_authorization_details"}
    assert gateway.ask(system, authorization_details=written(within)).status_code == 200


MALFORMED = {
    "no JSON": "[",
    "no list": json.dumps(detail()),
    "empty list": "[]",
    "empty object": "[{}]",
    "no object": '["send"]',
    "null": "null",
    "another type": '[{"type":"payment_initiation"}]',
    "type as a list": f'[{{"type":["{DETAILS_TYPE}"]}}]',
    "unknown member": written(detail(amount=1)),
    "standard member not of this type": written(detail(locations=["https://gateway.example/api"])),
    "unknown act": written(detail(actions=["everything"])),
    "act in capitals": written(detail(actions=["SEND"])),
    "no act": written(detail(actions=[])),
    "acts as text": written(detail(actions="send")),
    "an act twice": written(detail(actions=["send", "send"])),
    "an act that is a number": written(detail(actions=[1])),
    "unknown purpose": written(detail(purposes=["deportation"])),
    "no recipient": written(detail(recipients=[])),
    "recipient null": written(detail(recipients=None)),
    "recipient that is no agency id": written(detail(recipients=["River Shelter"])),
    "recipient with a wildcard": written(detail(recipients=["*"])),
    "recipient in other letters": written(detail(recipients=["riv\u0435r-shelter"])),
    "member twice": f'[{{"type":"{DETAILS_TYPE}","actions":["preview"],"actions":["send"]}}]',
    "too many details": written(*[detail()] * (MOST_DETAILS + 1)),
    "too many recipients": written(detail(recipients=[f"agency-{number}" for number in range(MOST_LISTED + 1)])),
    "nested without end": "[" * 5000,
    "not a number": '[{"type":NaN}]',
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_anything_that_is_not_exactly_of_the_one_type_is_refused(gateway: Gateway, text: str) -> None:
    refused = gateway.ask(gateway.a_system(), authorization_details=text)
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_authorization_details"})


def test_details_that_would_not_fit_into_a_header_are_refused(gateway: Gateway) -> None:
    many = [detail(recipients=[f"agency-{'x' * 30}-{number}" for number in range(MOST_LISTED)])] * 3
    assert len(written(*many)) > LONGEST
    assert gateway.ask(gateway.a_system(), authorization_details=written(*many)).status_code == 400


def test_a_refusal_uses_nothing_up(gateway: Gateway) -> None:
    gateway.ask(gateway.a_system(), authorization_details="[]")
    assert gateway.once.calls == 0


def test_a_smart_client_is_limited_in_the_same_way(gateway: Gateway) -> None:
    smart = System(gateway.clock, "hospital")
    gateway.join(smart, mode=ClientMode.SMART, rights=BOUND)
    form = smart.form(client_assertion=smart.assertion(aud=gateway.profile.token_endpoint), scope="system/Task.cruds")
    answer = gateway.post("/oauth/token", form)
    assert answer.status_code == 200, answer.text
    assert claims_of(gateway, answer.json()["access_token"])["authorization_details"]


def test_the_metadata_names_the_one_type(gateway: Gateway) -> None:
    found = gateway.get("/.well-known/oauth-authorization-server").json()
    assert found["authorization_details_types_supported"] == [DETAILS_TYPE]


class TestWithin:
    def test_a_limit_is_within_itself_and_within_none(self) -> None:
        assert BOUND.limit.is_within(BOUND.limit)
        assert BOUND.limit.is_within(UNLIMITED)
        assert not UNLIMITED.is_within(BOUND.limit)

    @pytest.mark.parametrize("part", ["recipients", "purposes"])
    def test_everybody_is_never_within_somebody(self, part: str) -> None:
        assert not replace(BOUND.limit, **{part: None}).is_within(BOUND.limit)
