"""The story is not told when it is not true: every scene holds the gateway to what it says."""

import copy
import io
from pathlib import Path

import pytest

from adapters.sdk.guard import Limits
from gateway.demo import story
from gateway.demo.client import Answer, UnexpectedAnswerError, objects, text
from gateway.demo.messages import leaves, police_incident, related, supplement
from gateway.demo.scenes_yes import about_her
from gateway.demo.show import Show
from gateway.demo.tale import StoryBrokenError, Tale
from gateway.demo.withheld import withheld
from gateway.plugins.finding import installed
from gateway.web.multipart import related as read_related
from schemas.profiles import compiled
from schemas.validation import validate
from schemas.vocabulary import DataCategory, Need

SHELTER_PROFILE = compiled("profile/shelter/assistance.accommodation/1.0")
NUMBER = "0" * 27
STEPS = (
    {
        "method": "POST",
        "path": "api/v2/cases",
        "body": {
            "data": {
                "id": "case",
                "disclosure_other_orgs": False,
                "name": NUMBER,
                "other_id_type": "referral_gateway",
                "other_id_no": NUMBER,
                "language": ["albanian"],
                "services_section": [
                    {
                        "unique_id": "1",
                        "service_type": "safehouse_service",
                        "service_referral_notes": "accommodation.emergency",
                    }
                ],
                "notes_section": [{"unique_id": "2", "note_subject": "subject.age_band", "note_text": "24--26"}],
            }
        },
    },
    {"method": "POST", "path": "api/v2/cases/case/referrals", "body": {"data": {"transitioned_to": "shelter"}}},
)


def test_the_shelters_document_is_told_in_four_lines() -> None:
    assert about_her(STEPS) == {
        "a number only the shelter has": NUMBER,
        "need": "accommodation.emergency",
        "age band": "24--26",
        "language": "albanian",
    }


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("sex",), "female"),
        (("name",), "Another name"),
        (("language",), []),
        (("services_section", 0, "note"), "x"),
        (("services_section", 0, "service_referral_notes"), "accommodation.emergency: she said"),
        (("notes_section", 0, "note_subject"), "subject.sex"),
        (("notes_section", 0, "note_text"), "24"),
        (("notes_section", 0, "more"), "x"),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_one_field_more_breaks_the_story(place: tuple, value: object) -> None:
    steps = copy.deepcopy(STEPS)
    holder = steps[0]["body"]["data"]
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    with pytest.raises(StoryBrokenError):
        about_her(steps)


def test_a_promise_that_is_kept_is_printed_and_one_that_is_not_ends_the_story() -> None:
    stream = io.StringIO()
    tale = Tale(None, Show(stream))
    tale.expect("It rains.", kept=True)
    with pytest.raises(StoryBrokenError, match="It snows"):
        tale.expect("It snows.", kept=False)
    assert "It rains." in stream.getvalue()
    assert "It snows." not in stream.getvalue()


def test_a_story_that_cannot_begin_answers_with_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".demo").mkdir()
    (tmp_path / ".demo" / "thesis").write_text("mine")
    monkeypatch.chdir(tmp_path)
    assert story.run(once=True) == story.BROKEN
    assert "The story broke: the demonstration's folder holds something" in " ".join(capsys.readouterr().out.split())


def test_what_is_withheld_is_told_by_place_and_never_by_value() -> None:
    ndex = installed(Limits()).of("ndex")
    stays = withheld(ndex, police_incident(), SHELTER_PROFILE, frozenset({"need", "age_band", "language"}))
    places = dict(stays.by_category)
    assert "/subject/names/*/family" in places[DataCategory.NAME]
    assert "/subject/birth/date" in places[DataCategory.BIRTH_DATE]
    assert "/subject/languages/*/code" not in places.get(DataCategory.LANGUAGE, ())
    assert "nc:PersonEyeColorCode" in stays.no_place
    assert "Kosturi" in police_incident().decode()
    assert "Kosturi" not in repr(stays)


def test_what_is_sent_after_all_is_not_among_what_is_withheld() -> None:
    ndex = installed(Limits()).of("ndex")
    stays = withheld(ndex, police_incident(), SHELTER_PROFILE, frozenset({"need", "sex"}))
    assert DataCategory.SEX not in dict(stays.by_category)
    assert "/subject/languages/*/code" in dict(stays.by_category)[DataCategory.LANGUAGE]


def test_document_and_supplement_travel_as_the_web_door_reads_them() -> None:
    addition = supplement("P-1", Need.OTHER)
    body, headers = related(b"<document/>", "application/xml", addition)
    read = read_related(body, headers["Content-Type"])
    assert (read.body, read.media_type) == (b"<document/>", "application/xml")
    validate(addition, "supplement/1.0")


def test_leaves_are_named_with_a_star_for_every_item() -> None:
    document = {"a": [{"b": 1}, {"b": "two"}], "c": {"d": True}}
    assert [*leaves(document)] == [(("a", "*", "b"), "1"), (("a", "*", "b"), "two"), (("c", "d"), "True")]


def test_an_answer_of_another_shape_is_an_error_without_its_content() -> None:
    answer = Answer(200, (), 0, {"text": 1, "list": "secret", "objects": [1]})
    for read in (lambda: answer.text("text"), lambda: answer.texts("list"), lambda: answer.objects("objects")):
        with pytest.raises(UnexpectedAnswerError) as raised:
            read()
        assert "secret" not in str(raised.value)
    with pytest.raises(UnexpectedAnswerError):
        text({}, "absent")
    with pytest.raises(UnexpectedAnswerError):
        objects({}, "absent")
