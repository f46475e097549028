"""Consents of invented people as papers to be written, and any such paper at all."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from builders import a_consent_document
from hypothesis import strategies as st

from adapters.consents import ConsentPaper, Party
from schemas.documents import Json
from schemas.vocabulary import ConsentState, DataCategory, GivenBy, Mechanism, Purpose, WithdrawalMethod

POLICE, SHELTER = Party("north-police", "Invented police", "XX"), Party("safe-harbour", "Invented shelter", "XX")


def a_paper(state: ConsentState = ConsentState.GIVEN, **changes: Json) -> ConsentPaper:
    """A consent as it stands."""
    ends: Json = "2031-06-12T11:00:00Z"
    terms: Mapping[str, Json] = {"discloser": POLICE.id, "recipient": SHELTER.id, "valid_until": ends, **changes}
    document = a_consent_document(**{**terms, "state": state.value})
    return ConsentPaper("0" * 26, state, document, POLICE, SHELTER)


def _moments() -> st.SearchStrategy[str]:
    first = datetime(2020, 1, 1, tzinfo=UTC)
    seconds = st.integers(0, 10**9)
    return seconds.map(lambda after: (first + timedelta(seconds=after)).strftime("%Y-%m-%dT%H:%M:%SZ"))


def _codes(codes: type[Purpose] | type[DataCategory]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from([one.value for one in codes]), min_size=1, max_size=6, unique=True)


def _agencies() -> st.SearchStrategy[str]:
    return st.text("abc019", min_size=1, max_size=8).map("agency-{}".format)


def _restrictions() -> st.SearchStrategy[list[dict[str, str]]]:
    category = st.sampled_from([one.value for one in DataCategory])
    entry = st.fixed_dictionaries({"category": category}, optional={"recipient": _agencies()})
    return st.lists(entry, min_size=1, max_size=4, unique_by=lambda one: (one["category"], one.get("recipient")))


@st.composite
def papers(draw: st.DrawFn, *, states: tuple[ConsentState, ...], restricted: bool = True) -> ConsentPaper:
    """Any consent an agency could have recorded, in one of these states."""
    changes: dict[str, Json] = {
        "person_ref": draw(st.text("aZ09._:*~$=-", max_size=79).map("P{}".format)),
        "purposes": draw(_codes(Purpose)),
        "categories": draw(_codes(DataCategory)),
        "decision": draw(st.sampled_from(["referral", "support", "cooperation", "reporting"])),
        "mechanism": draw(st.sampled_from([one.value for one in Mechanism])),
        "given_by": draw(st.sampled_from([one.value for one in GivenBy])),
        "withdrawal_method": draw(st.sampled_from([one.value for one in WithdrawalMethod])),
        "taken_at": draw(_moments()),
        "valid_from": draw(_moments()),
        "valid_until": draw(_moments()),
        "restrictions": draw(st.none() | _restrictions()) if restricted else None,
        "safe_to_give": draw(st.none() | st.booleans()),
        "given_by_name": draw(st.none() | st.just("Mihai Invented")),
    }
    return a_paper(draw(st.sampled_from(states)), **changes)
