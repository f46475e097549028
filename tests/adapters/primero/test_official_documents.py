"""Every official Primero document is read, or refused by the rule the table says; none is a defect."""

import pytest
from samples import sample

from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, ParsedReferral, ParsedStatus
from adapters.sdk.errors import AdapterError
from adapters.systems.primero.adapter import Primero
from schemas.validation import validate

CASES = frozenset({"cases__id__get__0", "cases__id__patch__0", "cases__id__patch__1"})
STATUSES = frozenset({"referrals__id__delete__0"})
"""The documentation ends a referral as `done` where the program says `revoked` (FORMATS 5.1); it is read as it says."""

REFUSED = {
    "cases__get__0": "subject_unclear at /data",
    "cases__id__delete__0": "kind at /data",
    "forms__get__0": "kind at /data/0",
    "forms__id__patch__1": "kind at /data",
    "forms__post__1": "kind at /data",
    "lookups__id__delete__0": "kind at /data",
    "lookups__id__patch__0": "kind at /data",
    "lookups__id__patch__1": "kind at /data",
    "lookups__post__1": "kind at /data",
    "referrals__get__0": "required at /data/0/status",
    "referrals__id__post__0": "kind at /data",
    "referrals__id__post__1": "required at /data/status",
    "referrals__post_referrals__0": "kind at /data",
    "referrals__post_referrals__1": "subject_unclear at /data",
    "tokens__post__1": "error_response at ",
    "transfer_requests__id__patch__0": "unknown_code:transition-status at /data/status",
    "transfer_requests__id__post__0": "kind at /data",
    "transfers__get__0": "unknown_code:transition-type at /data/0/type",
    "transfers__id__patch__0": "unknown_code:transition-status at /data/status",
    "transfers__id__post__1": "unknown_code:transition-type at /data/type",
    "transfers__post_transfers__0": "kind at /data",
    "transfers__post_transfers__1": "subject_unclear at /data",
    "transitions__get__0": "unknown_code:transition-type at /data/0/type",
}
ERROR_RESPONSE = "error_response at "
"""What every other document is: an answer of Primero that something went wrong."""


def outcome(name: str, subject: str | None = None) -> object:
    body = sample("primero", "json", f"{name}.json").read_bytes()
    return parse_outcome(Primero(), Inbound(body, "application/json", subject))


def test_every_official_document_is_accounted_for() -> None:
    found = {path.stem: outcome(path.stem) for path in sample("primero", "json").glob("*.json")}
    assert {name for name, parsed in found.items() if isinstance(parsed, ParsedReferral)} == CASES
    assert {name for name, parsed in found.items() if isinstance(parsed, ParsedStatus)} == STATUSES
    refused = {name: str(parsed) for name, parsed in found.items() if isinstance(parsed, AdapterError)}
    assert {name: text for name, text in refused.items() if text != ERROR_RESPONSE or name in REFUSED} == REFUSED
    assert len(found) == len(CASES) + len(STATUSES) + len(refused) >= 69


@pytest.mark.parametrize("name", sorted(CASES))
def test_an_official_case_is_a_valid_referral(name: str) -> None:
    parsed = outcome(name)
    assert isinstance(parsed, ParsedReferral)
    assert validate(parsed.document, "referral/1.0")


def test_a_case_is_picked_out_of_an_official_list_by_any_of_its_ids() -> None:
    for named in ("442fa6e6-4682-4fdf-b9dc-2cdf51c5e8c3", "af0f298"):
        parsed = outcome("cases__get__0", named)
        assert isinstance(parsed, ParsedReferral)
        assert parsed.document["sender_reference"] == "442fa6e6-4682-4fdf-b9dc-2cdf51c5e8c3"
        assert {loss.path for loss in parsed.losses} == {
            "/data/*/case_id_display",
            "/data/*/created_at",
            "/data/*/owned_by",
            "/data/*/photos",
        }
