"""What is wrong with a mapping file is said by file, line and rule; nothing unknown is passed over."""

import pytest
from mapped import HEAD, mapped, mapping_text

from adapters.sdk.mapping.errors import RULES, MappingError
from adapters.sdk.mapping.reading import parse_mapping, read_mapping
from schemas.validation import validate

GOOD = mapping_text()


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_mapping_the_others_are_made_from_is_read() -> None:
    manifest = mapped(GOOD).manifest
    assert manifest.key == "harbour"
    assert manifest.pseudonym_place == "/Client"
    assert manifest.age_band_place == "/Band"
    assert {"need", "sex", "pseudonym", "envelope"} <= manifest.categories
    assert "free_text" not in manifest.categories


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('to = "/subject/sex"', 'to = "/subject/gender"', "unknown_path"),
        ('to = "/subject/sex"', 'to = "/subject/age_band"', "unknown_code_of_ours"),
        ('M = "male"', 'M = "male"\nm = "other"', "code_twice"),
        ('to = "/subject/age_band"', 'to = "/subject/sex"', "path_twice"),
        ('name = "Band"', 'name = "Sex"', "field_twice"),
        ('codes = "sex"', 'codes = "sexes"', "unknown_table"),
        ('codes = "sex"', 'codes = "sex"\ndate = "YYYY"', "two_translations"),
        ('codes = "sex"', 'codes = "sex"\ncolour = "red"', "unknown_key"),
        ('codes = "sex"', 'hook = "sex"', "unknown_hook"),
        ('table = "country.name"', 'table = "country"', "unknown_table"),
        ('date = "DD/MM/YYYY"', 'date = "DD/MM/YY"', "date"),
        ('date = "DD/MM/YYYY"', 'date = "DD.YYYY"', "date"),
        ('date = "DD/MM/YYYY"', "date = 1", "type"),
        ('never_send = "prose about her and others"', 'never_send = " "', "reason"),
        ('never_send = "prose about her and others"', "", "to_or_never_send"),
        ('to = "/envelope/use_until"\nway = "out"', 'to = "/envelope/use_until"', "only_written"),
        ('to = "/subject/dependants"', 'to = "/subject/dependants"\ncardinality = "0..n"', "many_need_a_list"),
        ('to = "/subject/dependants"', 'to = "/subject/dependants"\ncardinality = "2"', "enum"),
        ('separator = ";"', "", "separator"),
        ('"/subject/contacts/0/channel" = "phone"', '"/subject/minor_status" = "adult"', "constant"),
        ('"/subject/contacts/0/channel" = "phone"', '"/subject/contacts/0/safe" = "yes"', "constant"),
        ('"/subject/contacts/0/channel" = "phone"', '"/subject/contacts/0/channel" = "fax"', "unknown_code_of_ours"),
        ('"/subject/contacts/0/channel" = "phone"', "", "incomplete"),
        ('kind = "csv"', 'kind = "xls"', "enum"),
        ('kind = "csv"', 'kind = "xml"', "records"),
        ('kind = "csv"', 'kind = "csv"\nseparator = "#"', "separator"),
        ('level = "silver"', 'level = "platinum"', "enum"),
        ('version = "1.0"', 'version = "one"', "pattern"),
        ("[codes.sex]", "[codes.sex", "not_toml"),
        ('title = "Harbour House intake sheet"', 'title = """Harbour"""', "multi_line_text"),
    ],
)
def test_what_is_wrong_is_said_with_its_rule(old: str, new: str, rule: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_mapping(GOOD.replace(old, new, 1))
    assert caught.value.rule == rule
    assert rule in RULES
    assert caught.value.line > 0


@pytest.mark.parametrize(
    ("form", "old", "new"),
    [
        ("csv", 'codes = "sex"', 'codes = "sex"\ntype = "string"'),
        ("xml", 'codes = "sex"', 'codes = "sex"\ntype = "string"'),
        ("json", 'codes = "sex"', 'codes = "sex"\ntype = "boolean"'),
        ("json", 'codes = "sex"', 'codes = "sex"\ntype = "integer"'),
        ("json", 'table = "country.name"', 'table = "country.name"\ntype = "integer"'),
        ("json", 'date = "DD/MM/YYYY"', 'date = "DD/MM/YYYY"\ntype = "integer"'),
        ("json", 'to = "/subject/dependants"', 'to = "/subject/dependants"\ntype = "boolean"'),
        ("json", 'to = "/subject/age_band"', 'to = "/subject/age_band"\ntype = "integer"'),
        ("json", 'to = "/subject/pseudonym"', 'to = "/subject/pseudonym"\ntype = "integer"'),
        ("json", 'to = "/envelope/use_until"', 'to = "/envelope/use_until"\ntype = "integer"'),
        ("json", 'to = "/envelope/message_id"', 'to = "/envelope/message_id"\ntype = "integer"'),
    ],
)
def test_a_type_is_for_json_and_for_what_can_be_of_it(form: str, old: str, new: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_mapping(mapping_text(form).replace(old, new, 1))
    assert caught.value.rule == "json_type"
    assert caught.value.line > 0


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('to = "/subject/sex"', 'to = "/subject/gender"', 'to = "/subject/gender"'),
        ('codes = "sex"', 'colour = "red"', "colour"),
        ('date = "DD/MM/YYYY"', 'date = "YY"', 'date = "YY"'),
        ('"/subject/contacts/0/channel" = "phone"', '"/subject/sex" = "female"', '"/subject/sex" ='),
        ('version = "1.0"', 'version = "one"', "version"),
        ('never_send = "prose about her and others"', 'never_send = ""', 'never_send = ""'),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, part: str) -> None:
    text = GOOD.replace(old, new, 1)
    with pytest.raises(MappingError) as caught:
        parse_mapping(text, filename="harbour.toml")
    assert str(caught.value).startswith(f"harbour.toml:{line_of(text, part)}: ")


def test_what_is_missing_beside_a_field_is_named() -> None:
    with pytest.raises(MappingError, match=r"\(/subject/contacts/0/channel\)$"):
        parse_mapping(GOOD.replace('"/subject/contacts/0/channel" = "phone"', ""))


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ('to = "/subject/sex"', 'to = "/subject/minor_status"', "adult, child, unknown"),
        ('"/subject/contacts/0/channel" = "phone"', '"/subject/contacts/0/channel" = "fax"', "phone, .*message.*"),
        ('to = "/subject/sex"', 'to = "/subject/dependants"', "0 to [0-9]+"),
    ],
)
def test_where_a_code_is_not_ours_it_is_said_which_are(old: str, new: str, codes: str) -> None:
    with pytest.raises(MappingError, match=rf"unknown_code_of_ours: .* \({codes}\)$"):
        parse_mapping(GOOD.replace(old, new, 1))


def test_a_mapping_that_cannot_say_what_was_agreed_is_refused() -> None:
    """M-11."""
    for needed in ("/subject/pseudonym", "/envelope/use_until", "/envelope/obligations/*"):
        start = GOOD.rindex("[[field]]", 0, GOOD.index(f'to = "{needed}"'))
        with pytest.raises(MappingError) as caught:
            parse_mapping(GOOD[:start] + GOOD[GOOD.index("[[field]]", start + 5) :])
        assert caught.value.rule == "render_needs"


def test_a_mapping_that_only_reads_needs_no_pseudonym() -> None:
    text = mapping_text(head=HEAD + 'directions = ["parse"]\n')
    start = text.index('[[field]]\nname = "Client"\nto = "/subject/pseudonym')
    assert mapped(text[:start] + text[text.index("[[field]]", start + 5) :]).manifest.outgoing_media_type == ""


def test_a_mapping_that_is_not_there_is_said() -> None:
    for package in ("nobody_has_this", "schemas"):
        with pytest.raises(MappingError, match=r"mapping.toml:0: unreadable"):
            read_mapping(package)


def test_every_rule_says_how_to_mend_it() -> None:
    assert all(len(said) > 10 for said in RULES.values())


def test_a_reason_for_an_exemption_is_a_sentence() -> None:
    exempt = '\n[[exempt]]\nrule = "D3"\nreason = "{}"\n'
    good = mapped(GOOD + exempt.format("their import has other columns than their export"))
    assert good.manifest.exempt[0].rule == "D3"
    with pytest.raises(MappingError):
        mapped(GOOD + exempt.format("because"))


def test_the_manifest_of_a_mapping_is_one_the_schema_knows() -> None:
    manifest = mapped(GOOD).manifest
    validate(
        {
            "key": manifest.key,
            "title": manifest.title,
            "owner": manifest.owner,
            "version": manifest.version,
            "media_types": list(manifest.media_types),
            "outgoing_media_type": manifest.outgoing_media_type,
            "directions": sorted(manifest.directions),
            "schema_versions": list(manifest.schema_versions),
            "categories": sorted(manifest.categories),
            "level": manifest.level.value,
            "exempt": [{"rule": "D3", "reason": "their import has other columns than their export"}],
        },
        "adapter/1.0",
    )
