"""A question for room as its two sides see it (M-05). The recipient is told codes and days, and not who asks."""

from gateway.core.log.leaves import instant
from gateway.core.room.rooms import Question
from schemas.documents import Json


def shown_to_recipient(question: Question) -> Json:
    """Return what the recipient is told: codes, the day, and until when it may answer. Nothing of who asks (M-04)."""
    asked = question.asked
    codes: dict[str, Json] = {"purpose": asked.purpose.value, "need": asked.need.value, "age": asked.age.value}
    codes |= {
        name: value for name, value in (("language", asked.language), ("region", asked.region)) if value is not None
    }
    on, until = asked.asked.date().isoformat(), instant(asked.answer_by)
    return {"question": asked.id, **codes, "asked_on": on, "answer_by": until, **_answer(question)}


def shown_to_asker(question: Question) -> Json:
    """Return what whoever asked is told: whom, and what became of it."""
    asked = question.asked
    return {
        "question": asked.id,
        "recipient": asked.recipient,
        "purpose": asked.purpose.value,
        "need": asked.need.value,
        "answer_by": instant(asked.answer_by),
        **_answer(question),
    }


def _answer(question: Question) -> dict[str, Json]:
    newest = question.answer
    if newest is None:
        return {}
    since: dict[str, Json] = {} if newest.since is None else {"from": newest.since.isoformat()}
    return {"answer": newest.answer.value, **since}
