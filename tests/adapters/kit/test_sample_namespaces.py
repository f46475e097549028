"""A new adapter for XML names what its sample holds in every namespace, under the prefixes of the sample."""

import tomllib
from pathlib import Path

import pytest

from adapters.kit.folder import judged_at
from adapters.kit.rules import RULES, Outcome, judge
from adapters.kit.scaffold import files_of, write
from adapters.sdk.contract import Inbound
from adapters.sdk.mapping.adapter import Mapped
from adapters.sdk.mapping.reading import parse_mapping

TWO_NAMESPACES = (
    '<k:Cases xmlns:k="urn:k" xmlns:p="urn:p"><k:Case no="7" p:at="x" xml:lang="en"><p:Gender>female</p:Gender>'
    '<k:Contact type="a">1</k:Contact><k:Contact k:type="b">2</k:Contact></k:Case></k:Cases>'
)
WITHOUT = '<k:Cases xmlns:k="urn:k"><Case><Gender>female</Gender><k:Note>1</k:Note></Case></k:Cases>'
ONE_PREFIX_TWICE = (
    '<a><p:Gender xmlns:p="urn:1">f</p:Gender><p:Note xmlns:p="urn:2">1</p:Note><n xmlns="urn:3">1</n></a>'
)


@pytest.mark.parametrize(
    ("sample", "format_lines", "taken", "kept"),
    [
        (
            TWO_NAMESPACES,
            {"records": "/Cases/Case", "namespace": "urn:k", "namespaces": {"k": "urn:k", "p": "urn:p"}},
            "/p:Gender",
            ("/@no", "/@p:at", "/@xml:lang", "/Contact/*", "/Contact/*/@type", "/Contact/*/@k:type"),
        ),
        (WITHOUT, {"records": "/k:Cases/Case", "namespaces": {"k": "urn:k"}}, "/Gender", ("/k:Note",)),
        (
            ONE_PREFIX_TWICE,
            {"records": "/a", "namespaces": {"p": "urn:1", "ns1": "urn:2", "ns2": "urn:3"}},
            "/p:Gender",
            ("/ns1:Note", "/ns2:n"),
        ),
    ],
    ids=["two", "none", "one prefix twice"],
)
def test_each_namespace_of_a_sample_has_its_prefix(
    sample: str, format_lines: dict[str, object], taken: str, kept: tuple[str, ...], tmp_path: Path
) -> None:
    files, draft = files_of("tidetwo", "Tide records", "Tide", sample.encode())
    mapping = files["src/tidetwo_adapter/mapping.toml"].decode()
    assert tomllib.loads(mapping)["format"] == {"kind": "xml", **format_lines}
    assert {*draft.taken} == {taken}
    assert {*draft.kept} == {*kept}
    seen = Mapped.of(parse_mapping(mapping)).seen(Inbound(sample.encode(), ""))
    assert {taken} < {each.name for each in seen} <= {taken, *kept}
    assert all(f"namespace `{uri}`" in files["README.md"].decode() for uri in ("urn:1", "urn:k") if uri in sample)
    write(tmp_path / "made", files)
    verdicts = [judge(rule, judged_at(tmp_path / "made")) for rule in RULES]
    assert [verdict.rule.id for verdict in verdicts if verdict.outcome is Outcome.BROKEN] == []
