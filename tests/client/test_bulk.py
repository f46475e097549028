"""Many referrals in one request: each has its own outcome and its own key, and none is sent twice."""

import json
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from client.posts import Post
from client.test_faults import answers, cut_after, leaves
from client.test_referring import DOCUMENT, TO_HARBOUR

from gateway.client import (
    Act,
    BusyError,
    Client,
    Detail,
    DocumentError,
    NoAnswerError,
    NotAllowedError,
    Outcome,
    Purpose,
    Referral,
    RefusedError,
    Sending,
)
from gateway.client.bulk import AT_ONCE
from gateway.client.errors import NotUnderstoodError
from gateway.demo.agencies import CLINIC_SYSTEM, NOBODY, RECORDS
from gateway.demo.messages import FIRST

BULK = "/v1/referrals/bulk"
GOOD = Sending(DOCUMENT, TO_HARBOUR)
NOWHERE = Sending(DOCUMENT, replace(TO_HARBOUR, to=NOBODY))
WRONG = Sending({**DOCUMENT, "needs": [{"code": "bed"}]}, TO_HARBOUR)


@pytest.fixture(scope="module")
def clinic(post: Post) -> Client:
    return post.client(CLINIC_SYSTEM)


def test_each_has_an_outcome_of_its_own_in_order(clinic: Client) -> None:
    first, second, third, fourth = clinic.refer_all([GOOD, NOWHERE, WRONG, GOOD])
    assert [type(one.told) for one in (first, second, third, fourth)] == [
        Referral,
        RefusedError,
        DocumentError,
        Referral,
    ]
    assert first.referral().sent == ("language", "need")
    assert clinic.referral(fourth.referral().id).id != first.referral().id
    assert [reason.rule for reason in second.told.told.reasons] == ["M-02"]
    assert [(fault.pointer, fault.rule) for fault in third.told.told.faults] == [("/needs/0/code", "enum")]
    with pytest.raises(DocumentError):
        third.referral()


def test_what_is_sent_again_under_its_key_is_not_sent_twice(post: Post, clinic: Client) -> None:
    [first] = clinic.refer_all([GOOD])
    before = leaves(post)
    [again] = clinic.refer_all([first.sending])
    assert (again.referral().id, leaves(post)) == (first.referral().id, before)


def test_a_key_of_ones_own_is_used(clinic: Client) -> None:
    [sent] = clinic.refer_all([replace(GOOD, key="kept-beside-a-case")])
    assert sent.sending.key == "kept-beside-a-case"
    [other] = clinic.refer_all([GOOD])
    assert other.sending.key not in {"", sent.sending.key}


def test_documents_travel_as_the_bytes_they_are_with_their_supplements(clinic: Client) -> None:
    native = replace(GOOD, document=json.dumps(DOCUMENT).encode())
    fitting, other = ({"schema": "supplement/1.0", "subject": {"person_ref": ref}} for ref in (FIRST, "C-9999"))
    told = [one.told for one in clinic.refer_all([native, replace(native, supplement=fitting)])]
    assert [one.sent for one in told] == [("language", "need")] * 2
    [contradicted] = clinic.refer_all([replace(native, supplement=other)])
    assert isinstance(contradicted.told, DocumentError)


def test_a_cut_connection_neither_loses_nor_doubles(post: Post) -> None:
    before, faulty = leaves(post), post.faulty(cut_after, None)
    told = [*post.client(CLINIC_SYSTEM, faulty).refer_all([GOOD, GOOD])]
    asked = [request.content for request in faulty.seen if request.url.path == BULK]
    assert len(asked) == 2
    assert asked[0] == asked[1]
    assert len({one.referral().id for one in told}) == 2
    assert leaves(post) == before + 2


def test_where_nothing_comes_back_each_says_under_which_key_to_go_on(post: Post) -> None:
    told = [*post.client(CLINIC_SYSTEM, post.faulty(*[cut_after] * 6)).refer_all([GOOD, GOOD])]
    before = leaves(post)
    assert all(isinstance(one.told, NoAnswerError) and one.told.key == one.sending.key for one in told)
    again = [*post.client(CLINIC_SYSTEM).refer_all(one.sending for one in told)]
    assert all(isinstance(one.told, Referral) for one in again)
    assert leaves(post) == before


def test_so_many_travel_together_and_nothing_is_sent_before_it_is_looked_at(post: Post) -> None:
    faulty = post.faulty(_echoed, _echoed)
    many = post.client(CLINIC_SYSTEM, faulty).refer_all([GOOD] * (AT_ONCE + 1))
    assert BULK not in faulty.paths()
    assert isinstance(next(many).told, BusyError)
    assert faulty.paths().count(BULK) == 1
    assert len([*many]) == AT_ONCE
    assert faulty.paths().count(BULK) == 2


def test_what_is_wrong_with_the_whole_request_is_raised(post: Post) -> None:
    with pytest.raises(NotAllowedError):
        [*post.client(RECORDS, scopes=("referrals:read",)).refer_all([GOOD])]


def test_a_limit_of_the_token_counts_for_each(post: Post) -> None:
    limit = Detail(frozenset({Act.SEND}), purposes=frozenset({Purpose.HEALTH}))
    [told] = post.client(CLINIC_SYSTEM, authorization_details=(limit,)).refer_all([GOOD])
    assert isinstance(told.told, NotAllowedError)


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'{"line": 2, "status": 201, "answer": {}}', b'{"line": 1, "status": 201, "answer": 1}', b"\n\n"],
    ids=["nothing", "no line", "another line", "no answer", "too many"],
)
def test_an_answer_about_something_else_is_believed_of_none(post: Post, body: bytes) -> None:
    with pytest.raises(NotUnderstoodError):
        [*post.client(CLINIC_SYSTEM, post.faulty(answers(200, body))).refer_all([GOOD])]


def test_nothing_of_a_document_is_printed() -> None:
    assert "C-0311" not in repr(Outcome(GOOD, NoAnswerError(GOOD.key)))


def _echoed(request: httpx.Request, _hand_on: Callable[[], httpx.Response]) -> httpx.Response:
    """Tell every line that the gateway is busy."""
    busy = [{"line": at, "status": 503, "answer": {}} for at, _ in enumerate(request.content.splitlines(), start=1)]
    return httpx.Response(200, content="\n".join(map(json.dumps, busy)).encode())
