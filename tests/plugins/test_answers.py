"""What a worker says is read as the word of a stranger: of the right form, or a defect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sdk.contract import Outbound, Parsed, ParsedReferral, ParsedRevocation, ParsedStatus
from adapters.sdk.errors import AdapterDefectError, AdapterError, MalformedError
from gateway.plugins.answers import RULE, of_failure, of_result, outbound_in, parsed_in
from schemas.canonical import canonical
from schemas.documents import Loss
from schemas.vocabulary import ReferralState, RejectionReason

LOSSES = (Loss("/needs/0", "dropped"),)
RESULTS = [
    ParsedReferral({"needs": [{"code": "legal"}]}, LOSSES),
    ParsedRevocation("case/1", LOSSES),
    ParsedStatus("case/1", ReferralState.REJECTED, RejectionReason.CLIENT_REFUSED, LOSSES),
    ParsedStatus(None, ReferralState.ACCEPTED),
]


@pytest.mark.parametrize("result", RESULTS)
def test_a_result_comes_back_as_it_was(result: Parsed) -> None:
    assert parsed_in(of_result(result)) == result


def test_a_rendered_document_comes_back_as_it_was() -> None:
    outbound = Outbound(bytes(range(256)), "text/plain", LOSSES)
    assert outbound_in(of_result(outbound)) == outbound


def test_a_refusal_comes_back_as_it_was() -> None:
    with pytest.raises(MalformedError) as caught:
        parsed_in(of_failure(MalformedError("/a", "b")))
    assert (caught.value.pointer, caught.value.rule) == ("/a", "b")


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"\xff", b"[]", b"{}", b'{"is": "referral"}', b'{"is": 1, "losses": []}',
        b'{"is":"referral","document":[],"losses":[]}',
        b'{"is":"referral","document":{},"losses":[],"more":1}',
        b'{"is":"referral","document":{},"losses":{}}',
        b'{"is":"referral","document":{},"losses":[["/a"]]}',
        b'{"is":"referral","document":{},"losses":[["/a",1]]}',
        b'{"is":"referral","document":{"a":1.5},"losses":[]}',
        b'{"is":"referral","document":{},"document":{},"losses":[]}',
        b'{"is":"revocation","reference":1,"losses":[]}',
        b'{"is":"status","reference":null,"state":"perhaps","reason":null,"losses":[]}',
        b'{"is":"status","reference":null,"state":"accepted","reason":"because","losses":[]}',
        b'{"is":"outbound","body":"","media_type":"text/plain","losses":[]}',
        b'{"is":"malformed","pointer":1,"rule":"x","losses":[]}',
        b'{"is":"manifest","pointer":"","rule":"x","losses":[]}',
        b'{"is":"referral","document":' + b"[" * 9999 + b"]" * 9999 + b"}",
    ],
)  # fmt: skip
def test_what_has_not_the_form_of_an_answer_is_a_defect(answer: bytes) -> None:
    with pytest.raises(AdapterDefectError) as caught:
        parsed_in(answer)
    assert caught.value.rule == RULE
    assert caught.value.__context__ is None


@pytest.mark.parametrize("body", ["=", "a", "å", "YQ=", "YQ==\n", 1, None])
def test_a_body_that_is_not_base64_is_a_defect(body: str | int | None) -> None:
    with pytest.raises(AdapterDefectError):
        outbound_in(canonical({"is": "outbound", "body": body, "media_type": "text/plain", "losses": []}))


@given(st.binary(max_size=64))
def test_noise_is_never_anything_but_an_adapter_error(noise: bytes) -> None:
    with pytest.raises(AdapterError):
        parsed_in(noise)
