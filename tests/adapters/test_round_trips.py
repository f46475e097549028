"""Whatever a profile lets through, in every format: read back as it was, or in the loss report; and nothing else.

Formats that are read back whole have stricter tests of their own, beside their other tests.
"""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from profile_documents import PROFILES, documents
from trials.crossings import adapters, appeared
from trials.official import unaccounted

from adapters.sdk.checks import sample_outgoing
from adapters.sdk.contract import Outbound
from adapters.sdk.errors import CannotRenderError
from adapters.sdk.manifest import Direction

ALL_AT_ONCE = [Phase.explicit, Phase.reuse, Phase.generate]  # to shrink a document of a hundred leaves takes minutes


WRITING = [key for key, guard in adapters().items() if Direction.RENDER in guard.manifest.directions]


@pytest.mark.parametrize("key", WRITING)
@settings(max_examples=10, phases=ALL_AT_ONCE)
@given(data=st.data())
def test_what_is_written_is_read_back_or_reported_as_lost(key: str, data: st.DataObject) -> None:
    document = data.draw(documents(PROFILES[data.draw(st.sampled_from(sorted(PROFILES)))]))
    try:
        outbound = adapters()[key].render(sample_outgoing(document))
    except CannotRenderError:
        return
    assert list(unaccounted(key, document, outbound)) == []
    assert list(appeared(key, document, outbound)) == []


def test_what_is_forgotten_and_what_is_invented_is_noticed() -> None:
    document = {"subject": {"alias": "Lindenblatt"}}
    assert list(unaccounted("canonical", document, Outbound(b"{}", "application/json"))) == ["/subject/alias"]
    invented = Outbound(b'{"schema": "referral/1.0", "subject": {"alias": "Mira"}}', "application/json")
    assert list(appeared("canonical", document, invented)) == ["/subject/alias=Mira"]
