"""What is written and read again means the same; what a format has no place for is named, and nothing else is lost."""

import json

import pytest
from consent_papers import a_paper, papers
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.consents import FORMATS, ConsentPaper
from adapters.sdk import CannotRenderError, UnsupportedError
from schemas.documents import Json
from schemas.vocabulary import ConsentState

SAYS = {
    "fhir": (ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.REQUESTED),
    "iso27560": (ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.REQUESTED, ConsentState.DEFERRED),
    "kantara": (ConsentState.GIVEN,),
}
"""The states each format tells exactly and that may be recorded anew."""


def any_paper() -> st.SearchStrategy[tuple[str, ConsentPaper]]:
    return st.sampled_from(sorted(FORMATS)).flatmap(
        lambda key: st.tuples(st.just(key), papers(states=SAYS[key], restricted=key != "kantara"))
    )


@settings(max_examples=25, derandomize=True, deadline=None)
@given(any_paper())
def test_written_and_read_again_it_means_the_same_and_what_is_lost_is_named(found: tuple[str, ConsentPaper]) -> None:
    key, paper = found
    written = FORMATS[key].write(paper)
    read = dict(FORMATS[key].read(written.body).document)
    lost = {loss.path.removeprefix("/") for loss in written.losses if loss.kind == "dropped"}

    assert not lost & read.keys()
    assert read | {name: paper.document[name] for name in lost} == without_schema(paper)


def without_schema(paper: ConsentPaper) -> dict[str, Json]:
    return {name: value for name, value in paper.document.items() if name != "schema"}


@pytest.mark.parametrize("key", FORMATS)
def test_equal_consents_give_equal_bytes(key: str) -> None:
    assert FORMATS[key].write(a_paper()).body == FORMATS[key].write(a_paper()).body


@pytest.mark.parametrize("key", FORMATS)
def test_a_renewed_consent_comes_back_as_a_yes_and_the_loss_is_named(key: str) -> None:
    written = FORMATS[key].write(a_paper(ConsentState.RENEWED))
    assert FORMATS[key].read(written.body).document["state"] == "given"
    assert key == "iso27560" or "/state" in {loss.path for loss in written.losses}


@pytest.mark.parametrize(
    "state",
    [ConsentState.WITHDRAWN, ConsentState.REVOKED, ConsentState.EXPIRED, ConsentState.INVALIDATED],
)
@pytest.mark.parametrize("key", ["fhir", "iso27560"])
def test_c_02_what_is_over_is_told_as_over_and_never_read_as_a_consent(key: str, state: ConsentState) -> None:
    written = FORMATS[key].write(a_paper(state))
    with pytest.raises(UnsupportedError) as caught:
        FORMATS[key].read(written.body)
    assert caught.value.rule == "over"


@pytest.mark.parametrize("state", [state for state in ConsentState if state not in {"given", "renewed"}])
def test_c_02_a_receipt_is_of_a_yes_only(state: ConsentState) -> None:
    with pytest.raises(CannotRenderError) as caught:
        FORMATS["kantara"].write(a_paper(state))
    assert caught.value.pointer == "/state"


def test_c_02_a_state_nobody_knows_is_not_told_in_fhir() -> None:
    with pytest.raises(CannotRenderError):
        FORMATS["fhir"].write(a_paper(ConsentState.UNKNOWN))


def test_c_15_a_format_without_exceptions_is_refused_a_consent_that_has_some() -> None:
    with pytest.raises(CannotRenderError) as caught:
        FORMATS["kantara"].write(a_paper(restrictions=[{"category": "alias", "recipient": "hill-shelter"}]))
    assert caught.value.pointer == "/restrictions"


@pytest.mark.parametrize("key", FORMATS)
def test_no_agencys_address_is_written_but_its_country(key: str) -> None:
    written = json.loads(FORMATS[key].write(a_paper()).body)
    assert "streetAddress" not in json.dumps(written)
