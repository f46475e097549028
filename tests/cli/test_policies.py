"""`policy`: what is in force, and what a proposed profile would change, before anybody approves it."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from builders import POLICE, SHELTER
from operators import Operator
from papers import BORDER, agreement

from schemas.documents import Json

PROFILE: dict[str, Json] = json.loads(files("consent").joinpath("protective.json").read_text("ascii"))


def _proposed(operator: Operator, **changes: Json) -> Path:
    return operator.paper("profile.json", {**PROFILE, **changes})


def test_the_policy_in_force_is_shown_with_its_digest(running: Operator) -> None:
    told = running.types("policy", "show", "--json").json
    assert len(str(told["digest"])) == 64
    assert told["choices"]["default_consent_days"] == 90


def test_a_profile_in_order_passes_and_changes_nothing_where_it_is_the_one_in_force(running: Operator) -> None:
    assert running.types("policy", "check", _proposed(running)).code == 0
    assert running.types("policy", "diff", _proposed(running)).out.strip() == "Nothing changes."


def test_what_a_profile_changes_is_said_in_words(running: Operator) -> None:
    said = running.types("policy", "diff", _proposed(running, default_consent_days=30))
    assert said.out.strip() == "default consent days: 90 becomes 30"


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": [*PROFILE["recipients"], "immigration_enforcement"]},
        {"default_consent_days": 100_000},
        {"made_up": True},
    ],
    ids=["f-01: enforcement may receive", "too long", "unknown choice"],
)
def test_f_01_a_profile_that_protects_too_little_is_refused(running: Operator, changes: dict[str, Json]) -> None:
    for command in ("check", "diff", "replay"):
        assert running.types("policy", command, _proposed(running, **changes)).code != 0


def test_a_route_is_tried_about_nobody(running: Operator) -> None:
    asked = ("--agency", POLICE, "--to", SHELTER, "--purpose", "assistance.accommodation", "--json")
    assert running.types("policy", "try", *asked).json == {"outcome": "permitted", "reasons": []}
    closed = ("--agency", POLICE, "--to", "border-command", "--purpose", "assistance.accommodation", "--json")
    assert running.types("policy", "try", *closed).json["outcome"] == "refused"


def test_the_past_is_replayed(running: Operator) -> None:
    told = running.types("policy", "replay", _proposed(running, default_consent_days=30), "--json").json
    assert told["differences"] == ["default consent days: 90 becomes 30"]
    assert (told["would_newly_pass"], told["would_newly_stop"]) == ([], [])


def test_what_is_proposed_waits_for_two_and_shows_the_digest_of_its_replay(running: Operator) -> None:
    file = _proposed(running, default_consent_days=29)
    digest = running.types("policy", "check", file, "--json").json["digest"]
    told = running.types("policy", "propose", file, "--json").json
    assert (told["digest"], told["approved_by"], told["missing"]) == (digest, [], 2)
    assert told["replay_digest"] == running.types("policy", "replay", file, "--json").json["replay_digest"]
    shown = running.types("policy", "status", "--json").json
    assert shown["in_force"]["approved"] is False
    assert told in shown["proposals"]
    assert digest in running.types("policy", "status").out


def test_f_01_what_protects_too_little_is_not_even_proposed(running: Operator) -> None:
    file = _proposed(running, recipients=[*PROFILE["recipients"], "immigration_enforcement"])
    before = running.types("policy", "status", "--json").json
    assert running.types("policy", "propose", file).code != 0
    assert running.types("policy", "status", "--json").json == before


def test_a_profile_counts_once_the_gateway_starts_with_it(operator: Operator) -> None:
    proposed = _proposed(operator, default_consent_days=30)
    shown = operator.types("policy", "show", "--json", GATEWAY_COUNTRY_PROFILE=str(proposed)).json
    assert shown["choices"]["default_consent_days"] == 30
    assert shown["digest"] == operator.types("policy", "check", proposed, "--json").json["digest"]


def test_f_01_it_does_not_start_with_one_that_protects_too_little(operator: Operator) -> None:
    proposed = _proposed(operator, recipients=[*PROFILE["recipients"], "immigration_enforcement"])
    assert operator.types("policy", "show", GATEWAY_COUNTRY_PROFILE=str(proposed)).code == 2


def test_f_01_it_does_not_start_where_an_agreement_with_enforcement_was_slipped_in(operator: Operator) -> None:
    """The canary: the proof is made over what stands in the database, not over what registration let in."""
    swap = ", ".join(f'\'"recipient":"{agency}"\'' for agency in (SHELTER, BORDER))
    operator.tampers(f"UPDATE agreement SET document = replace(document, {swap})")  # noqa: S608 - ids of ours
    said = operator.types("policy", "show")
    assert said.code == 2
    assert "could be reached" in said.err


def test_m_02_an_agreement_that_rests_on_what_the_country_does_not_list_is_refused_with_what_it_lists(
    operator: Operator,
) -> None:
    lists: list[Json] = ["A6-1-e", "A6-1-a"]
    country = _proposed(operator, legal_bases=lists)
    for bases, code in ((["A6-1-a", "A9-2-a"], 4), (lists, 0)):
        file = operator.paper("based.json", agreement(id="based", legal_basis=bases))
        for dry in (("--dry-run",), ()):
            said = operator.types("agreement", "add", file, "--json", *dry, GATEWAY_COUNTRY_PROFILE=str(country))
            assert said.code == code, said.err
            if code:
                told: list[Json] = [{"pointer": "/agreement/legal_basis/1", "rule": "only A6-1-a A6-1-e"}]
                assert (said.json["error"], said.json["errors"]) == ("legal_basis_not_in_country", told)
                assert said.next == "referral-gateway policy show"
