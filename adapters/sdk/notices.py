"""The notice every recipient understands: notice/1.0 as JSON, for formats that have nothing of the kind."""

from adapters.sdk.contract import Outbound, OutgoingNotice
from adapters.sdk.writing import write_json
from schemas.documents import Json

NOTICE_MEDIA_TYPE = "application/vnd.referral-gateway.notice+json"
"""What notice/1.0 travels as."""


def canonical_notice(notice: OutgoingNotice) -> Outbound:
    """Write notice/1.0. Equal input gives equal bytes."""
    document: dict[str, Json] = {
        "schema": "notice/1.0",
        "notice": notice.notice,
        "about": notice.about,
        "kind": notice.kind.value,
        "asks": notice.asks.value,
        "on": notice.on,
        "answer_by": notice.answer_by,
    }
    if notice.replaced_by is not None:
        document["replaced_by"] = notice.replaced_by
    if notice.categories:
        document["categories"] = [category.value for category in notice.categories]
    if notice.use_until is not None:
        document["use_until"] = notice.use_until
    return Outbound(write_json(document), NOTICE_MEDIA_TYPE)
