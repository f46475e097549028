"""A recipient refers her on under the pseudonym it holds, and under nobody else's (DESIGN section 4, Person)."""

from collections.abc import Callable

import pytest
from builders import POLICE, SHELTER, a_referral, a_subject, an_agreement
from code_showing import THEIR_REF, binds, code
from line import HILL, KEYS, Line, a_line, opened

from gateway.core.answers import Recorded
from gateway.core.consents.desk_items import Changed
from gateway.core.crypto.keys import Ring
from gateway.core.crypto.pseudonyms import Domain, pseudonym


@pytest.fixture
def line() -> Line:
    """She said yes to the shelter, the police referred her, and the shelters have an agreement with each other."""
    line = a_line()
    line.directory.agree(an_agreement(id="onward", sender=SHELTER, recipient=HILL))
    line.says()
    line.told()
    return line


def fetched(line: Line, agency: str = SHELTER) -> str:
    """Fetch the one message that waits for an agency and return the number it knows her by from now on."""
    [delivered] = line.fetch(agency)
    return str(opened(delivered)["document"]["subject"]["pseudonym"])


def outcome(line: Line, reference: str, sender: str = SHELTER) -> object:
    """Refer to the hill shelter whoever that agency calls so."""
    document = a_referral(subject=a_subject(person_ref=reference))
    recorded = line.accept(document, caller=line.caller(sender), recipient=HILL)
    assert isinstance(recorded, Recorded)
    return recorded.answer["outcome"]


def agrees(line: Line, reference: str) -> None:
    """She agrees, at the shelter, to be referred to the hill shelter."""
    line.says(SHELTER, discloser=SHELTER, recipient=HILL, person_ref=reference)


def _hyphened(number: str) -> str:
    return "-".join((number[:9], number[9:18], number[18:]))


@pytest.mark.parametrize("spelled", [str, str.lower, _hyphened], ids=["as it came", "in small letters", "in groups"])
def test_p_01_under_the_pseudonym_it_holds_however_it_spells_it(line: Line, spelled: Callable[[str], str]) -> None:
    known_as = fetched(line)
    reference = spelled(known_as)
    agrees(line, reference)
    assert outcome(line, reference) == "permitted"
    assert fetched(line, HILL) != known_as
    assert len({binding.person for binding in line.book.bindings.values()}) == 1


def test_not_before_it_has_received_anything(line: Line) -> None:
    [binding] = line.book.bindings.values()
    number = pseudonym(KEYS, Domain(SHELTER, KEYS.epoch(Ring.PERSON)), binding.person)
    assert outcome(line, number) == "refused"
    assert fetched(line) == number, "the canary: it was the right number"


def test_p_01_not_under_the_pseudonym_another_agency_holds(line: Line) -> None:
    line.directory.agree(an_agreement(id="straight", sender=POLICE, recipient=HILL))
    line.says(recipient=HILL)
    number = fetched(line)
    assert outcome(line, number, POLICE) == "refused"


def test_two_messages_at_once_bind_once(line: Line) -> None:
    line.told()
    assert len(line.fetch()) == 2
    assert len(line.book.bindings) == 2


@pytest.mark.parametrize("sender", [POLICE, HILL])
def test_a_message_that_stays_back_keeps_nobody_from_referring_on_by_another(line: Line, sender: str) -> None:
    """Two of hers wait, from two agencies; the ground of one moves while both are being handed out."""
    line.directory.agree(an_agreement(id="beside", sender=HILL, recipient=SHELTER))
    assert isinstance(binds(line, code(line)), Recorded)
    line.says(HILL, discloser=HILL, recipient=SHELTER, person_ref=THEIR_REF)
    document = a_referral(subject=a_subject(person_ref=THEIR_REF))
    assert isinstance(line.accept(document, caller=line.caller(HILL)), Recorded)
    moved = {POLICE: f"agreement-{SHELTER}", HILL: "beside"}[sender]
    line.recorder.meanwhile(lambda: line.directory.agree(an_agreement(id=moved, sender=sender, recipient=SHELTER)))
    reference = fetched(line)
    agrees(line, reference)
    assert outcome(line, reference) == "permitted"
    assert len({binding.person for binding in line.book.bindings.values()}) == 1, "she is one person still"


def test_c_09_she_can_take_everything_back_where_she_is_now(line: Line) -> None:
    reference = fetched(line)
    agrees(line, reference)
    changed = line.takes_back(agency=SHELTER, reference=reference)
    assert isinstance(changed, Changed)
    assert len(changed.consents) == 2
    assert outcome(line, reference) == "refused"
