"""`capacity` at the command line: asked, listed and answered for agencies whose systems cannot (M-05)."""

from builders import POLICE, SHELTER
from operators import Operator

BED = {
    "schema": "capacity_question/1.0",
    "recipient": SHELTER,
    "purpose": "assistance.accommodation",
    "need": "accommodation.emergency",
    "age": "adult",
}


def test_m_05_a_question_is_asked_listed_and_answered(running: Operator) -> None:
    asked = running.types("capacity", "ask", running.paper("bed.json", BED), "--agency", POLICE, "--json")
    assert asked.code == 0, asked.err
    [listed] = asked.json["questions"]
    question = str(listed["question"])
    waiting = running.types("capacity", "list", "--waiting", "--agency", SHELTER)
    assert question in waiting.out
    assert POLICE not in waiting.out
    said = running.types("capacity", "answer", question, "wait", "--from", "2099-01-31", "--agency", SHELTER)
    assert said.code == 0, said.err
    mine = running.types("capacity", "list", "--agency", POLICE)
    assert "2099-01-31" in mine.out


def test_m_05_what_may_not_be_asked_is_said_with_the_command_to_type_next(running: Operator) -> None:
    nobody = running.paper("nobody.json", {**BED, "recipient": "nobody-here"})
    refused = running.types("capacity", "ask", nobody, "--agency", POLICE)
    assert refused.code != 0
    assert refused.next == "referral-gateway agreement list"
    unknown = running.types("capacity", "answer", "0" * 26, "yes", "--agency", SHELTER)
    assert unknown.code != 0
