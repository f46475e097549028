"""A notice as the call that takes a case back in Primero.

The case's id is known: the gateway gave it. The referral's is not: Primero made it, and revokes it only under that id
(`DELETE .../referrals/:id`). So the case itself is changed: both of Primero's own consent boxes are taken out, which
refuses every further referral or transfer, and a note says what is asked. A case to be erased is disabled as well;
one of which only a part is to be erased keeps its boxes.
"""

from adapters.sdk import Outbound, OutgoingNotice, RequestStep, write_steps
from adapters.sdk.codes import Json, NoticeAsk
from adapters.systems.primero.write_case import id_of


def write_notice(notice: OutgoingNotice) -> Outbound:
    """Return the one step. Its ids are made from ids that only this recipient knows: a repetition changes nothing."""
    lines = [
        f"notice: {notice.notice}",
        f"about message: {notice.about}",
        f"kind: {notice.kind.value}",
        f"asks: {notice.asks.value}",
        f"on: {notice.on}",
        f"answer by: {notice.answer_by}",
    ]
    if notice.replaced_by is not None:
        lines.append(f"replaced by: {id_of(notice.replaced_by, 'case')}")
    if notice.categories:
        lines.append(f"erase of it: {' '.join(notice.categories)}")
    if notice.use_until is not None:
        lines.append(f"use until: {notice.use_until}")
    note: dict[str, Json] = {
        "unique_id": id_of(notice.notice, "note"),
        "note_subject": "notice",
        "note_text": "\n".join(lines),
    }
    case: dict[str, Json] = {"notes_section": [note]}
    if notice.asks is not NoticeAsk.ERASE_PART:  # She still agrees to the rest.
        case |= {"consent_for_services": False, "disclosure_other_orgs": False}
    if notice.asks is NoticeAsk.ERASE:
        case["record_state"] = False
    return write_steps((RequestStep("PATCH", f"api/v2/cases/{id_of(notice.about, 'case')}", {"data": case}),))
