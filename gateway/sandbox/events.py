"""What can be made to happen in the sandbox: each through the real API, as the agency concerned would do it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from adapters.sdk.contract import StatusUpdate
from adapters.sdk.guard import Limits
from gateway.core.errors import OperatorError
from gateway.demo.client import Answer
from gateway.demo.messages import NDEX, police_incident, related, routing, supplement, written
from gateway.plugins.finding import installed
from gateway.sandbox import hospital
from gateway.sandbox.guests import Guest, latest
from schemas.answer_codes import AnswerCode, ServiceOutcome
from schemas.documents import Document
from schemas.notice_codes import NoticeState
from schemas.vocabulary import Coded, Need, Purpose, ReferralState, RejectionReason


class Event(Coded):
    """What `sandbox trigger` knows."""

    REFERRAL = "referral", "The agency refers a person: she agreed, so it is permitted; --person NOBODY is refused."
    ACKNOWLEDGEMENT = "acknowledgement", "The agency fetches what waits for it, and says that it arrived."
    ACCEPTANCE = "acceptance", "The agency accepts what it received last."
    REJECTION = "rejection", "The agency has no room for what it received last."
    COMPLETION = "completion", "The agency is done with what it received last; it was accepted before."
    WITHDRAWAL = "withdrawal", "The person takes her consents back at the agency; past recipients get a notice."
    RESTRICTION = "restriction", "Nothing about the person may move any more; past recipients get a notice."
    LEAVING = "leaving", "The person leaves the referral mechanism; past recipients get a notice."
    ERASURE = "erasure", "Everything kept about the person is erased; past recipients get a notice."
    OBEDIENCE = "obedience", "The agency did what the notice it received last asks: it erased."


@dataclass(frozen=True, slots=True)
class About:
    """What an event is about: a person, to whom she is referred, a message; what is empty is chosen."""

    person: str = ""
    recipient: str = ""
    message: str = ""


def triggered(guest: Guest, event: Event, about: About) -> Answer:
    """Make it happen; what the gateway answered. Raises OperatorError where it cannot happen to that agency."""
    return _DOES[event](guest, about)


def _referral(guest: Guest, about: About) -> Answer:
    routes = {to: Purpose(purpose) for to, purpose in guest.resident.sends}
    to = about.recipient or next(iter(routes), "")
    if to not in routes:
        raise OperatorError("this agency has no agreement to refer anybody there")
    purpose, person = routes[to], _known(guest, about)
    need = _NEEDS.get(purpose, Need.ACCOMMODATION_EMERGENCY)
    headers = routing(to, purpose)
    match guest.resident.adapter:
        case "ndex":
            body, announced = related(police_incident(), NDEX, supplement(person, need))
            return guest.system.post("/v1/referrals", body, {**headers, **announced})
        case "fhir":
            task = hospital.task(person, to, purpose, need)
            return guest.system.post("/v1/referrals", written(task), {**headers, "Content-Type": hospital.MEDIA_TYPE})
        case _:
            return guest.system.post("/v1/referrals", written(_canonical(person, need)), headers)


def _acknowledgement(guest: Guest, _about: About) -> Answer:
    waiting = guest.fetched()
    if not waiting:
        raise OperatorError("nothing waits for this agency; trigger a referral to it first")
    for received in waiting:
        guest.keep(received)
    return [guest.acknowledge(received.message) for received in waiting][-1]


def _answering(state: ReferralState, reason: AnswerCode | None = None) -> Callable[[Guest, About], Answer]:
    """Answer what was received last, in the words of the agency's own format."""

    def answer(guest: Guest, about: About) -> Answer:
        message = about.message or latest(guest.place, guest.resident.id).message
        adapter = installed(Limits()).of(guest.resident.adapter)
        said = adapter.render_status(StatusUpdate(message, state, reason, guest.system.clock.now().date().isoformat()))
        headers = {"Content-Type": said.media_type}
        return guest.system.post(f"/v1/inbox/{message}/status", said.body, headers)

    return answer


def _obedience(guest: Guest, about: About) -> Answer:
    notice = about.message or latest(guest.place, guest.resident.id).message
    answer = {"schema": "notice_answer/1.0", "state": NoticeState.ERASED}
    return guest.system.post(f"/v1/inbox/{notice}/status", written(answer))


def _by_reference(path: str) -> Callable[[Guest, About], Answer]:
    """Ask for what is done to one person, named by the agency's reference."""

    def asked(guest: Guest, about: About) -> Answer:
        return guest.system.post(path, written({"person_ref": _known(guest, about)}))

    return asked


def _fact(kind: str) -> Callable[[Guest, About], Answer]:
    def recorded(guest: Guest, about: About) -> Answer:
        fact: Document = {"schema": "case_event/1.0", "person_ref": _known(guest, about), "event": {kind: True}}
        return guest.system.post("/v1/case-events", written(fact))

    return recorded


def _known(guest: Guest, about: About) -> str:
    """Return whom it is about: the person named, or the agency's first."""
    if not about.person and not guest.resident.people:
        raise OperatorError("this agency knows nobody here; name somebody with --person")
    return about.person or guest.resident.people[0]


def _canonical(person: str, need: Need) -> Document:
    return {
        "schema": "referral/1.0",
        "sender_reference": f"VISIT-{person}"[:40],
        "subject": {
            "person_ref": person,
            "names": [{"use": "official", "given": "Invented", "family": "Person"}],
            "minor_status": "adult",
            "languages": [{"code": "sq", "preferred": True}],
        },
        "needs": [{"code": need}],
    }


_NEEDS: Final = MappingProxyType({Purpose.PSYCHOLOGICAL: Need.MENTAL_HEALTH, Purpose.HEALTH: Need.HEALTH_GENERAL})
"""What is asked for, by purpose; a bed for the night otherwise."""

_DOES: Final[Mapping[Event, Callable[[Guest, About], Answer]]] = MappingProxyType(
    {
        Event.REFERRAL: _referral,
        Event.ACKNOWLEDGEMENT: _acknowledgement,
        Event.ACCEPTANCE: _answering(ReferralState.ACCEPTED),
        Event.REJECTION: _answering(ReferralState.REJECTED, RejectionReason.NO_CAPACITY),
        Event.COMPLETION: _answering(ReferralState.COMPLETED, ServiceOutcome.PROVIDED),
        Event.WITHDRAWAL: _by_reference("/v1/withdrawals"),
        Event.RESTRICTION: _fact("processing_restricted"),
        Event.LEAVING: _fact("nrm_withdrawn"),
        Event.ERASURE: _by_reference("/v1/erasures"),
        Event.OBEDIENCE: _obedience,
    }
)
