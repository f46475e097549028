"""Schemas are found by name, in the package and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256

import pytest
from checkout import ROOT

from schemas.canonical import canonical
from schemas.catalogue import load, names, profile_name, schema_hash
from schemas.errors import UnknownSchemaError
from schemas.vocabulary import FunctionClass, Purpose

KINDS = {
    *(
        "adapter",
        "agency",
        "agreement",
        "capacity_answer",
        "capacity_question",
        "case_event",
        "consent",
        "consent_event",
        "country_profile",
    ),
    *("endpoint", "ledger", "notice", "notice_answer", "receipt", "referral", "supplement"),
}


def test_every_schema_file_has_a_name_and_every_name_a_file() -> None:
    files = {path.relative_to(ROOT / "schemas") for path in (ROOT / "schemas").rglob("*.json")}
    schemas = {path for path in files if not {"examples", "counterexamples"} & set(path.parts)}
    expected = set()
    for path in schemas:
        stem = path.as_posix().removesuffix(".json")
        expected.add(f"profile/{stem.removeprefix('profiles/')}/1.0" if stem.startswith("profiles/") else stem)
    assert set(names()) == expected
    assert list(names()) == sorted(names())
    assert {name.split("/")[0] for name in names()} == KINDS | {"profile"}


@pytest.mark.parametrize("name", names())
def test_a_document_names_the_schema_it_follows(name: str) -> None:
    properties = load(name)["properties"]
    said = str(properties)
    assert f"'const': '{name}'" in said or name.split("/", maxsplit=1)[0] in {"ledger", "adapter"}


@pytest.mark.parametrize("name", names())
def test_the_hash_is_that_of_the_canonical_bytes(name: str) -> None:
    assert schema_hash(name) == sha256(canonical(load(name))).hexdigest()
    assert load(name) is load(name)


def test_no_two_schemas_share_a_hash() -> None:
    assert len({schema_hash(name) for name in names()}) == len(names())


@pytest.mark.parametrize(
    "name",
    ["", "referral", "referral/2.0", "../referral/1.0", "profiles/shelter/assistance.accommodation", "profile/shelter"],
)
def test_what_is_not_published_is_unknown(name: str) -> None:
    with pytest.raises(UnknownSchemaError) as caught:
        load(name)
    assert not name or name not in str(caught.value)
    with pytest.raises(UnknownSchemaError):
        schema_hash(name)


def test_a_profile_is_named_by_who_gets_and_why() -> None:
    assert profile_name(FunctionClass.SHELTER, Purpose.ACCOMMODATION) == "profile/shelter/assistance.accommodation/1.0"
    assert profile_name(FunctionClass.SHELTER, Purpose.INVESTIGATION) is None


def test_importing_the_package_loads_nothing() -> None:
    code = "import sys, schemas; print(sorted(name for name in sys.modules if name.startswith(('schemas.', 'json'))))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"
