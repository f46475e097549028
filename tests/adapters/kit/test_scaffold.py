"""A new adapter passes every rule as it is, copies no value of its sample, and sends nothing that was only guessed."""

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.kit.drafting import synonyms
from adapters.kit.errors import KitError
from adapters.kit.folder import judged_at
from adapters.kit.page import renewed
from adapters.kit.rules import RULES, Outcome, judge
from adapters.kit.sampling import accept
from adapters.kit.scaffold import files_of, write
from adapters.sdk.mapping.paths import canonical_leaves, category, general
from schemas.vocabulary import DataCategory

CSV = "Beneficiary ID;Full name;Gender;DOB;Support needed;Trafficker\nB-12;Tamsin Wren;F;1999-01-02;bed;Somebody\n"
ONE = (
    '{"client_id":"B-12","name":{"first":"Tamsin"},"gender":"F","needs":["bed"],"risk":"high","kin":[{"name":"Wren"}]}'
)
MANY = '{"cases":[{"client_id":"B-12","nationality":"RO","notes":"Tamsin Wren waits"}]}'
XML = (
    '<Cases xmlns="urn:tide"><Case no="7"><ClientId>B-12</ClientId><Name>Tamsin Wren</Name><Need>bed</Need>'
    "<Need>doctor</Need><Language>Romanian</Language></Case></Cases>"
)
SAMPLES: dict[str, tuple[str | None, set[str]]] = {
    "nothing": (
        None,
        {
            *("/sender_reference", "/subject/person_ref", "/subject/sex", "/subject/birth/date", "/needs/*/code"),
            *("/subject/citizenships/*", "/subject/languages/*/code"),
        },
    ),
    "csv": (CSV, {"/subject/person_ref", "/subject/sex", "/subject/birth/date", "/needs/*/code"}),
    "json": (ONE, {"/subject/person_ref", "/subject/sex", "/needs/*/code", "/risk/level"}),
    "records": (MANY, {"/subject/person_ref", "/subject/citizenships/*"}),
    "xml": (XML, {"/subject/person_ref", "/needs/*/code", "/subject/languages/*/code"}),
    "unknown": ("Col/our,M%d?,Größe\nred,blue,5\n", set()),
}
NEVER_GUESSED = {
    *(DataCategory.NAME, DataCategory.ALIAS, DataCategory.IDENTIFIER, DataCategory.CONTACT, DataCategory.ADDRESS),
    *(DataCategory.MEETING_POINT, DataCategory.FREE_TEXT, DataCategory.NARRATIVE, DataCategory.HEALTH),
    *(DataCategory.THIRD_PARTY, DataCategory.STAFF, DataCategory.ATTACHMENT, DataCategory.CREDIBILITY),
    *(DataCategory.IMMIGRATION_STATUS, DataCategory.OFFENCE, DataCategory.COOPERATION, DataCategory.VICTIM_STATUS),
}
every_sample = pytest.mark.parametrize("kind", SAMPLES)


IN_OTHER_SCRIPTS = '{"prénom":"Mira","Größe":1,"العمر":"x","😀":{"é":["a"]},"gender":"F"}'


def test_names_of_members_may_be_in_any_script(tmp_path: Path) -> None:
    files, draft = files_of("tidescript", "Tide records", "Tide", IN_OTHER_SCRIPTS.encode())
    write(tmp_path / "made", files)
    assert {"/prénom", "/Größe"} <= set(draft.kept)
    verdicts = [judge(rule, judged_at(tmp_path / "made")) for rule in RULES]
    assert [verdict.rule.id for verdict in verdicts if verdict.outcome is Outcome.BROKEN] == []


@pytest.mark.parametrize("name", ["none", "true", "false", "fhir", "canonical", "uknrm", "A", "class!"])
def test_a_name_that_nothing_could_be_installed_under_is_refused(name: str) -> None:
    with pytest.raises(KitError):
        files_of(name, "Tide records", "Tide", None)


@pytest.mark.parametrize("owner", ["", "a\nb", "\x00", "x" * 500, "\u202e"])
def test_an_owner_that_may_stand_in_no_manifest_is_refused(owner: str) -> None:
    with pytest.raises(KitError):
        files_of("tideowner", "Tide records", owner, None)


@pytest.mark.parametrize("sample", ["<é><ñ>1</ñ></é>", ",".join(f"c{n}" for n in range(450)) + "\n"])
def test_a_sample_that_no_mapping_can_hold_is_refused_in_words(sample: str) -> None:
    with pytest.raises(KitError):
        files_of("tidesample", "Tide records", "Tide", sample.encode())


def made(kind: str, folder: Path) -> tuple[Mapping[str, bytes], Path]:
    sample = SAMPLES[kind][0]
    files, _ = files_of(f"tide{kind}", "Tide records", "Tide", None if sample is None else sample.encode())
    write(folder / kind, files)
    return files, folder / kind


@every_sample
def test_a_new_adapter_keeps_every_rule_of_silver(kind: str, tmp_path: Path) -> None:
    _, folder = made(kind, tmp_path)
    verdicts = [judge(rule, judged_at(folder)) for rule in RULES]
    assert {each.rule.id: str(each.findings[0]) for each in verdicts if each.outcome is Outcome.BROKEN} == {}


@every_sample
def test_what_is_taken_is_on_the_reviewed_list_and_the_rest_stays(kind: str) -> None:
    sample, expected = SAMPLES[kind]
    files, draft = files_of("tide", "Tide records", "Tide", None if sample is None else sample.encode())
    assert set(draft.taken.values()) == expected
    mapping = tomllib.loads(files["src/tide_adapter/mapping.toml"].decode())
    kept = {field["name"] for field in mapping["field"] if field.get("never_send") == "not reviewed yet"}
    assert kept == set(draft.kept)


@every_sample
def test_no_value_of_a_sample_is_copied(kind: str) -> None:
    sample = SAMPLES[kind][0]
    files, _ = files_of("tide", "Tide records", "Tide", None if sample is None else sample.encode())
    written = b"".join(files.values()).decode()
    assert not any(said in written for said in ("Tamsin", "Wren", "B-12", "1999", "Somebody"))


def test_nothing_dangerous_is_on_the_list_of_names() -> None:
    for synonym in synonyms()[0]:
        path = general(tuple(synonym.to.removeprefix("/").split("/")))
        assert path in canonical_leaves()
        assert category(path) not in NEVER_GUESSED
        assert all(name.isalnum() and name.islower() for name in synonym.names)
    names = [name for synonym in synonyms()[0] for name in synonym.names]
    assert len(names) == len(set(names))
    assert not {"name", "phone", "address", "notes", "age"} & set(names)


@pytest.mark.parametrize("name", ["", "a", "Tide", "tide-house", "1tide", "../tide", "t" * 17])
def test_a_name_that_is_no_key_is_refused(name: str) -> None:
    with pytest.raises(KitError):
        files_of(name, "Tide", "Tide", None)


@pytest.mark.parametrize(
    "sample",
    [
        b"",
        b"\xff\xfe\x00",
        b"a,,b\n",
        b"a,A\n",
        b'{"a":',
        b'{"a":NaN}',
        b"{}",
        b"<a><b></a>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a/>",
    ],
)
def test_a_sample_that_is_none_is_refused_without_a_word_of_it(sample: bytes) -> None:
    with pytest.raises(KitError) as caught:
        files_of("tide", "Tide", "Tide", sample)
    assert caught.value.says.endswith(".")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    files, folder = made("csv", tmp_path)
    with pytest.raises(KitError, match="already"):
        write(folder, files)


def test_a_wrong_mapping_is_said_with_its_line(tmp_path: Path) -> None:
    _, folder = made("json", tmp_path)
    mapping = folder / "src" / "tidejson_adapter" / "mapping.toml"
    mapping.write_text(mapping.read_text("utf-8").replace('to = "/subject/sex"', 'to = "/subject/colour"'), "utf-8")
    with pytest.raises(KitError, match=r"mapping\.toml:\d+: unknown_path"):
        judged_at(folder)


@pytest.mark.parametrize("project", ["", "[project]", "not toml", '[project.entry-points."referral_gateway.adapters"]'])
def test_a_folder_that_announces_no_adapter_is_refused(project: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(project, "utf-8")
    with pytest.raises(KitError):
        judged_at(tmp_path)


def test_a_golden_file_is_written_only_where_it_says_something_else(tmp_path: Path) -> None:
    _, folder = made("records", tmp_path)
    assert accept(judged_at(folder), folder / "samples") == []
    (folder / "samples" / "first.canonical.json").write_text("{}", "utf-8")
    assert accept(judged_at(folder), folder / "samples") == ["first.canonical.json"]
    golden = json.loads((folder / "samples" / "first.canonical.json").read_text("utf-8"))
    assert golden["schema"] == "referral/1.0"


def test_a_page_keeps_what_its_author_wrote_around_it(tmp_path: Path) -> None:
    _, folder = made("xml", tmp_path)
    adapter = judged_at(folder).adapter
    page = (folder / "README.md").read_text("utf-8")
    assert "| /Name | not reviewed yet |" in page
    assert "| shelter | `accommodation.emergency` |" in page
    longer = f"# Tide\n\nAsk Mara.\n\n{page[page.index('<!--') :]}\nMore.\n"
    assert renewed(longer, adapter) == longer
    old = longer.replace("accommodation.emergency", "accommodation.other")
    assert renewed(old, adapter) == longer


@pytest.mark.parametrize("sample", ['{"gender":"F"}', '{"cases":[{"gender":"F"}]}', "<Case><Gender>F</Gender></Case>"])
def test_what_it_writes_of_a_pseudonym_alone_is_known_as_its_own_format(sample: str, tmp_path: Path) -> None:
    """Then only what the gateway adds stands in it; a CSV has the headings of everything else."""
    files, _ = files_of("tideleast", "Tide records", "Tide", sample.encode())
    write(tmp_path / "made", files)
    verdict = judge(next(rule for rule in RULES if rule.id == "D3"), judged_at(tmp_path / "made"))
    assert [str(each) for each in verdict.findings] == []


def test_a_field_of_json_keeps_the_type_that_it_has_in_the_sample(tmp_path: Path) -> None:
    """Its author decides later, and must not have to remember that false is no text."""
    sample = (
        '{"client_id":4711,"dependants":2,"gender":1,"interpreter_needed":true,"may_call":false,"weight":61.5,'
        '"notes":"x","mixed":[1,"a"],"nothing":null}'
    )
    files, draft = files_of("tidetyped", "Tide records", "Tide", sample.encode())
    write(tmp_path / "made", files)

    assert draft.taken == {"/client_id": "/subject/person_ref", "/dependants": "/subject/dependants"}
    typed = dict(re.findall('name = "(/[a-z_]+)"\ntype = "([a-z]+)"', draft.text))
    assert typed == {
        "/client_id": "integer",
        "/dependants": "integer",
        "/gender": "integer",
        "/interpreter_needed": "boolean",
        "/may_call": "boolean",
    }
    said = json.loads(files["samples/first.in.json"])
    assert (said["client_id"], said["dependants"], said["may_call"], said["notes"]) == (7, 2, False, "invented")
    assert 'name = "/gateway_pseudonym"' in draft.text  # No number can be a pseudonym.
    verdicts = [judge(rule, judged_at(tmp_path / "made")) for rule in RULES]
    assert [verdict.rule.id for verdict in verdicts if verdict.outcome is Outcome.BROKEN] == []


@pytest.mark.parametrize(
    ("sample", "taken"),
    [
        ('{"trafficker":{"gender":"man"},"client":{"gender":"woman"}}', {"/client/gender"}),
        ('{"no":"7","companions":[{"nationality":"RO"}]}', set()),
        ('{"person":{"risk":"high","father":{"nationality":"RO"}}}', {"/person/risk"}),
        (
            "<A><Person><Nationality>RO</Nationality></Person><Person><Nationality>MD</Nationality></Person><N/></A>",
            set(),
        ),
    ],
)
def test_nothing_is_taken_by_its_name_where_it_may_be_somebody_elses(sample: str, taken: set[str]) -> None:
    """The sex of the first person of a document, and every companion's nationality, were hers."""
    _, draft = files_of("tide", "Tide records", "Tide", sample.encode())
    assert set(draft.taken) == taken


def test_a_letter_is_no_sex_until_somebody_says_of_which_language(tmp_path: Path) -> None:
    files, _ = files_of("tide", "Tide records", "Tide", b"Gender\nwoman\n")
    codes = tomllib.loads(files["src/tide_adapter/mapping.toml"].decode())["codes"]["sex"]
    assert not {"m", "f"} & {word.casefold() for word in codes}


def test_a_colon_in_a_heading_parts_her_from_him() -> None:
    _, draft = files_of("tide", "Tide records", "Tide", b"Husband:Sex,Client ID\nmale,7\n")
    assert "Husband:Sex" in draft.kept
