"""The code lists of notices: the same in the schemas as in Python, each code with a sentence."""

import pytest

from schemas.catalogue import load
from schemas.leaves import leaves, pointer
from schemas.notice_codes import NoticeAsk, NoticeKind, NoticeState, ObjectionGround
from schemas.vocabulary import Coded

LISTS: dict[tuple[str, str], type[Coded]] = {
    ("ledger/1.0", "/notice"): NoticeKind,
    ("notice/1.0", "/kind"): NoticeKind,
    ("notice/1.0", "/asks"): NoticeAsk,
    ("notice_answer/1.0", "/ground"): ObjectionGround,
}


def _codes(name: str, place: str) -> list[object]:
    [found] = [leaf.node["enum"] for leaf in leaves(load(name)) if pointer(leaf.path) == place]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(("name", "place"), LISTS)
def test_a_list_in_a_schema_is_the_list_in_python(name: str, place: str) -> None:
    assert _codes(name, place) == [member.value for member in LISTS[name, place]]


def test_a_recipient_answers_with_an_end_and_never_with_a_step_on_the_way() -> None:
    ends = {NoticeState.ERASED, NoticeState.CORRECTED, NoticeState.STOPPED, NoticeState.OBJECTED}
    assert set(_codes("notice_answer/1.0", "/state")) == {state.value for state in ends}


def test_every_state_is_a_leaf_of_the_log() -> None:
    kinds = {str(kind) for kind in _codes("ledger/1.0", "/type") if str(kind).startswith("notice.")}
    assert kinds == {f"notice.{state}" for state in NoticeState} | {"notice.escalated"}


@pytest.mark.parametrize("codes", [NoticeAsk, NoticeKind, NoticeState, ObjectionGround])
def test_every_code_has_a_sentence_and_is_found_by_its_value(codes: type[Coded]) -> None:
    for member in codes:
        assert member.sentence.endswith(".")
        assert codes(member.value) is member
