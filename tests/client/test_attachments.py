"""Files, from the sender's disk to the recipient's: named, decided with the document, sealed, streamed (M-09)."""

from dataclasses import replace
from io import BytesIO

import pytest
from client.law_offices import ROUTE, Lawyers
from client.paper_cases import (
    IDENTITY,
    LEGAL,
    LETTER,
    MEDICAL,
    PAPER,
    Case,
    leaves,
    of,
)
from client.posts import Post
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from gateway.client import (
    Attachment,
    DocumentError,
    NotFoundError,
    Opener,
    Route,
    UnprovenError,
    attachments_of,
)
from gateway.client.agreements import NotSealedError
from gateway.client.errors import NotUnderstoodError
from gateway.demo.agencies import CLINIC, CLINIC_SYSTEM


def test_m_09_a_file_arrives_readable_to_its_recipient_alone(case: Case) -> None:
    case.seal(1, IDENTITY, PAPER)
    case.seal(2, LEGAL, LETTER)
    referral = case.refer()
    assert referral.sent == ("attachment", "need")
    case.bring(referral, 1)
    case.bring(referral, 2)
    message = case.message()
    named = attachments_of(message.body)
    assert named == tuple(paper.named for paper in case.papers.values())
    for one, content in zip(named, (PAPER, LETTER), strict=True):
        sealed, into = BytesIO(), BytesIO()
        case.post.client(case.office.client).fetch(message, one, sealed)
        case.office.opener(case.post).file(one, sealed, into)
        assert into.getvalue() == content


def test_every_step_of_it_is_in_the_log_before_a_byte_leaves(case: Case) -> None:
    before = len(leaves(case.post, "attachment.received", "attachment.handed_out"))
    case.brought()
    [received, handed_out] = leaves(case.post, "attachment.received", "attachment.handed_out")[before:]
    route = {"sender": CLINIC, "recipient": case.office.member.id, "purpose": "assistance.legal", "size_class": 2048}
    for leaf, kind in ((received, "attachment.received"), (handed_out, "attachment.handed_out")):
        assert {name: leaf[name] for name in leaf if name not in {"at", "event"}} == {"v": 1, "type": kind, **route}
    assert leaves(case.post, "decision.permitted")[-1]["opaque"] == ["attachment"]


def test_nothing_of_it_lies_readable_at_the_gateway(case: Case) -> None:
    """Neither the file nor the bytes its sender sealed: those are under her data key once more."""
    _, message = case.brought(PAPER)
    kept = b"".join(file.read_bytes() for file in case.post.line.world.gateway.settings.data.iterdir())
    sealed = case.papers[1].sealed
    for canary in (PAPER[:32], sealed[1000:1032], sealed[-32:], case.papers[1].named.sha256.encode()):
        assert canary not in kept
    assert bytes.fromhex(case.papers[1].named.sha256) not in kept
    assert message.id.encode() in kept, "the control"


# M-09: schema, profile, her word


def test_m_09_without_her_word_for_files_none_goes(papers: Post, law_offices: dict[str, Lawyers]) -> None:
    case = of(papers, law_offices["canonical"], "F-NONE", "need")
    case.seal()
    referral = case.refer()
    assert (referral.sent, attachments_of(case.message().body)) == (("need",), ())
    with pytest.raises(NotFoundError):
        case.bring(referral)


def test_m_09_a_kind_the_purpose_does_not_need_stays_and_the_others_go(case: Case) -> None:
    case.seal(1, MEDICAL)
    case.seal(2, LEGAL)
    referral = case.refer()
    assert [one.number for one in attachments_of(case.message().body)] == [2]
    case.bring(referral, 2)
    with pytest.raises(NotFoundError):
        case.bring(referral, 1)


def test_m_09_a_format_that_cannot_name_them_gets_none(papers: Post, law_offices: dict[str, Lawyers]) -> None:
    case = of(papers, law_offices["fhir"], "F-FHIR")
    case.seal()
    with pytest.raises(NotFoundError):
        case.bring(case.refer())
    assert case.papers[1].named.sha256.encode() not in case.message().body


def test_two_files_of_one_number_are_refused(case: Case) -> None:
    entry = case.seal().named.entry()
    with pytest.raises(DocumentError) as refused:
        case.post.client(CLINIC_SYSTEM).refer(
            case.document(attachments=[entry, {**entry, "kind": "legal_paper"}]),
            Route(case.office.member.id, ROUTE),
        )
    assert refused.value.told.faults[0].pointer == "/attachments/1/number"


@pytest.mark.parametrize("lie", ["other key", "other agency", "no key", "another file", "cut off"])
def test_a_file_that_is_not_the_one_named_or_not_for_us_is_not_opened(case: Case, lie: str) -> None:
    paper, own = case.seal(), case.office.opener(case.post)
    into = BytesIO()
    own.file(paper.named, BytesIO(paper.sealed), into)
    assert into.getvalue() == LETTER, "the control"
    strange = case.seal(2, IDENTITY, LETTER)
    cases: dict[str, tuple[Opener, Attachment, bytes]] = {
        "other key": (replace(own, keys=(X25519PrivateKey.generate(),)), paper.named, paper.sealed),
        "other agency": (replace(own, agency="somebody-else"), paper.named, paper.sealed),
        "no key": (replace(own, keys=()), paper.named, paper.sealed),
        "another file": (own, paper.named, strange.sealed),
        "cut off": (own, paper.named, paper.sealed[:-1]),
    }
    opener, named, sealed = cases[lie]
    into = BytesIO()
    with pytest.raises(UnprovenError):
        opener.file(named, BytesIO(sealed), into)
    assert into.getvalue() == b""


def test_a_file_that_comes_otherwise_than_named_is_noticed(case: Case) -> None:
    _, message = case.brought()
    named, client = case.papers[1].named, case.post.client(case.office.client)
    with pytest.raises(UnprovenError):
        client.fetch(message, replace(named, sha256="0" * 64), BytesIO())
    with pytest.raises(NotUnderstoodError):
        client.fetch(message, replace(named, length=named.length + 1), BytesIO())


@pytest.mark.parametrize(
    "body",
    [b"<xml/>", b"[]", b'{"document": 1}', b'{"document": {"attachments": [{"number": 1, "kind": "photograph"}]}}'],
)
def test_a_message_that_names_files_in_no_way_we_know_is_not_guessed_at(body: bytes) -> None:
    with pytest.raises(NotUnderstoodError):
        attachments_of(body)


def test_what_cannot_be_sealed_is_said_not_to_be(case: Case) -> None:
    key = replace(case.office.key(case.post.line.clock.now().date()), public_key=b"short")
    with pytest.raises(NotSealedError):
        key.attachment(1, LEGAL, BytesIO(LETTER), BytesIO())
