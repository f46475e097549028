"""Nothing starts on a profile that protects too little, nor where anything could reach enforcement (F-01)."""

import json
from importlib.resources import files

import pytest
from papers import BORDER, agency, agreement

from consent.policy import Policy
from gateway.core.errors import OperatorError
from gateway.core.oversight.national import policy_in, proven
from schemas.documents import Json

PROFILE: dict[str, Json] = json.loads(files("consent").joinpath("protective.json").read_text("ascii"))
AGENCIES = [
    agency("harbour-police", "police"),
    agency("river-shelter", "shelter"),
    agency(BORDER, "immigration_enforcement"),
]


def written(**changes: Json) -> bytes:
    return json.dumps({**PROFILE, **changes}).encode()


def test_without_a_profile_the_most_protective_counts_for_that_country() -> None:
    assert policy_in(None, "DE").country == "DE"
    assert policy_in(None, "XX") == Policy()


def test_a_profile_counts_whose_country_is_the_settings() -> None:
    assert policy_in(written(country="BG"), "XX").country == policy_in(written(country="BG"), "BG").country == "BG"
    with pytest.raises(OperatorError, match="another country"):
        policy_in(written(country="BG"), "DE")


@pytest.mark.parametrize("profile", [b"", b"[]", b"{}", written(unknown=1), written(schema="country_profile/2.0")])
def test_an_unreadable_profile_stops_the_start(profile: bytes) -> None:
    with pytest.raises(OperatorError):
        policy_in(profile, "XX")


def test_f_01_a_profile_that_lets_enforcement_receive_stops_the_start() -> None:
    with pytest.raises(OperatorError):
        policy_in(written(recipients=[*PROFILE["recipients"], "immigration_enforcement"]), "XX")


def test_f_01_a_register_in_order_is_proven() -> None:
    proven(Policy(), AGENCIES, [], [agreement()])


def test_f_01_an_agreement_with_enforcement_that_was_slipped_in_stops_the_start() -> None:
    """The canary: registration refuses it, so it was written past the gateway."""
    planted = agreement()
    planted["agreement"]["recipient"] = BORDER
    with pytest.raises(OperatorError, match="reached"):
        proven(Policy(), AGENCIES, [], [planted])


def test_f_01_hands_shared_with_enforcement_stop_the_start() -> None:
    border = {**agency(BORDER, "immigration_enforcement"), "operator": agency("river-shelter", "shelter")["operator"]}
    with pytest.raises(OperatorError, match="reached"):
        proven(Policy(), [*AGENCIES[:2], border], [], [])
