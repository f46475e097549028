"""M-01, M-02: an agreement under which nothing could ever move is refused when it is signed, and says why."""

import pytest
from builders import POLICE
from operators import Operator
from papers import agency, agreement

from schemas.documents import Json

READER = "field-office"


@pytest.mark.parametrize(
    ("terms", "code", "faults"),
    [
        (
            {"purpose": "investigation"},
            "purpose_not_for_recipient",
            [{"pointer": "/agreement/purpose", "rule": "not for shelter"}],
        ),
        (
            {"categories": ["alias", "language"]},
            "required_category_missing",
            [{"pointer": "/agreement/categories", "rule": "needs need"}],
        ),
    ],
    ids=["a purpose no profile has", "what the recipient cannot act without"],
)
def test_m_01_an_agreement_that_opens_no_way_is_refused(
    running: Operator, terms: dict[str, Json], code: str, faults: list[Json]
) -> None:
    said = running.types("agreement", "add", running.paper("no.json", agreement(**terms)), "--json")
    assert (said.code, said.json["error"], said.json["errors"]) == (4, code, faults)


def test_m_02_whose_system_only_sends_is_nobodys_recipient(running: Operator) -> None:
    assert running.types("agency", "add", running.paper("reads.json", agency(READER, adapter="errf"))).code == 0
    said = running.types("agreement", "add", running.paper("to.json", agreement(POLICE, READER)), "--json")
    assert (said.code, said.json["error"]) == (4, "recipient_only_sends")
    assert said.next == "referral-gateway adapter list"
