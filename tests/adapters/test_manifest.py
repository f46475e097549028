"""An adapter's manifest is read whole or refused; what it does not know it refuses, and it names keys, not values."""

import pytest

from adapters.sdk.errors import ManifestError
from adapters.sdk.manifest import Direction, parse_manifest, read_manifest
from schemas.vocabulary import DataCategory

GOOD = """
key = "sketch"
title = "Sketch of a system"
owner = "Somebody"
version = "1.2"
media_types = ["application/json"]
outgoing_media_type = "application/vnd.sketch+json"
directions = ["parse", "render"]
schema_versions = ["referral/1.0"]
categories = ["pseudonym", "need"]
libraries = ["lxml"]

[places]
pseudonym = "/data/number"
"""


def test_a_manifest_says_what_is_written_in_it() -> None:
    manifest = parse_manifest(GOOD)
    assert manifest.key == "sketch"
    assert manifest.media_types == ("application/json",)
    assert manifest.directions == {Direction.PARSE, Direction.RENDER}
    assert manifest.categories == {DataCategory.PSEUDONYM, DataCategory.NEED}
    assert manifest.pseudonym_place == "/data/number"
    assert manifest.age_band_place is None
    assert manifest.libraries == ("lxml",)


def test_what_may_be_left_out_may_be_left_out() -> None:
    least = GOOD.replace('libraries = ["lxml"]', "").partition("[places]")[0]
    manifest = parse_manifest(least)
    assert (manifest.libraries, manifest.pseudonym_place) == ((), None)


def test_an_adapter_that_only_renders_takes_no_media_type() -> None:
    text = GOOD.replace('["parse", "render"]', '["render"]').replace('["application/json"]', "[]")
    assert parse_manifest(text).media_types == ()


def test_an_adapter_that_renders_nothing_has_no_outgoing_media_type() -> None:
    text = GOOD.replace('["parse", "render"]', '["parse"]').replace('"application/vnd.sketch+json"', '"x"')
    assert parse_manifest(text).outgoing_media_type == ""


@pytest.mark.parametrize(
    ("old", "new", "pointer", "rule"),
    [
        ('key = "sketch"', 'key = "Sketch!"', "/key", "pattern"),
        ('key = "sketch"', "key = 7", "/key", "required"),
        ('key = "sketch"', "", "/key", "required"),
        ('version = "1.2"', 'version = "new"', "/version", "pattern"),
        ('title = "Sketch of a system"', 'title = ""', "/title", "pattern"),
        ('media_types = ["application/json"]', "media_types = []", "/media_types", "min_items"),
        ('media_types = ["application/json"]', 'media_types = ["json"]', "/media_types/*", "pattern"),
        ('media_types = ["application/json"]', "media_types = [1]", "/media_types/*", "type"),
        ('media_types = ["application/json"]', 'media_types = "application/json"', "/media_types", "required"),
        ('outgoing_media_type = "application/vnd.sketch+json"', "", "/outgoing_media_type", "required"),
        ('["parse", "render"]', '["parse", "guess"]', "/directions/*", "enum"),
        ('["parse", "render"]', '["parse", "parse"]', "/directions", "unique_items"),
        ('["parse", "render"]', "[]", "/directions", "min_items"),
        ('["pseudonym", "need"]', '["pseudonym", "shoe_size"]', "/categories/*", "enum"),
        ('schema_versions = ["referral/1.0"]', 'schema_versions = ["latest"]', "/schema_versions/*", "pattern"),
        ('["referral/1.0"]', '["referral/2.0"]', "/schema_versions", "unknown_version"),
        ("[places]", "[places]\nshoe_size = '/x'", "/places/*", "unknown_key"),
        ('pseudonym = "/data/number"', 'pseudonym = "data number"', "/places/pseudonym", "pattern"),
        ('pseudonym = "/data/number"', "pseudonym = 1", "/places/pseudonym", "pattern"),
        ('[places]\npseudonym = "/data/number"', "places = 1", "/places", "not_a_table"),
        ('key = "sketch"', 'key = "sketch"\nbackdoor = true', "/*", "unknown_key"),
        ('key = "sketch"', "key =", "", "not_toml"),
    ],
)
def test_anything_else_is_refused_with_its_place_and_rule(old: str, new: str, pointer: str, rule: str) -> None:
    assert old in GOOD
    with pytest.raises(ManifestError) as refused:
        parse_manifest(GOOD.replace(old, new))
    assert (refused.value.pointer, refused.value.rule) == (pointer, rule)


def test_a_refusal_never_repeats_what_was_written() -> None:
    with pytest.raises(ManifestError) as refused:
        parse_manifest(GOOD.replace('"sketch"', '"Unrepeatable Words"'))
    assert "Unrepeatable" not in str(refused.value)


@pytest.mark.parametrize(("package", "filename"), [("adapters.nowhere", "manifest.toml"), ("adapters.sdk", "no.toml")])
def test_a_manifest_that_is_not_there_is_unreadable(package: str, filename: str) -> None:
    with pytest.raises(ManifestError) as refused:
        read_manifest(package, filename)
    assert refused.value.rule == "unreadable"
