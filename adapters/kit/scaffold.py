"""Writes a new adapter: a small distribution of its own that passes its tests as it is."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from importlib import resources
from keyword import iskeyword
from pathlib import Path

from adapters.kit.drafting import Draft, draft
from adapters.kit.errors import KitError
from adapters.kit.headings import Heading, as_json, heading_of
from adapters.kit.page import renewed
from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.errors import AdapterError
from adapters.sdk.mapping.adapter import Mapped
from adapters.sdk.mapping.cells import write_record
from adapters.sdk.mapping.errors import MappingError
from adapters.sdk.mapping.json_types import JsonType
from adapters.sdk.mapping.model import Codec, FieldMapping, Format, Scalar, Way
from adapters.sdk.mapping.reading import parse_mapping

_KEY = re.compile(r"[a-z][a-z0-9]{1,15}")
_OWNER = re.compile(r"[ -~]{1,120}")
NOTHING = (
    *("Case no", "Client ID", "Sex", "Date of birth", "Nationality", "Language", "Needs"),
    *("Name", "Telephone", "Address", "Notes"),
)
"""The heading of an adapter that is made from nothing."""

_PROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "{key}-adapter"
version = "0.1"
description = {title}
requires-python = ">=3.11"
# The gateway is not named here: it is installed by itself, and nothing of its name is on any public index.
dependencies = []

[project.entry-points."referral_gateway.adapters"]
{key} = "{package}.adapter:{name}"

[tool.hatch.build.targets.wheel]
packages = ["src/{package}"]

[tool.pytest.ini_options]
addopts = ["-p", "adapters.kit.plugin", "--import-mode=importlib"]
testpaths = ["tests"]
"""
_CODE = '''\
"""{docstring}"""

from adapters.sdk.mapping.adapter import Mapped


class {name}(Mapped):
    """Reads and writes what mapping.toml says, and nothing else."""

    def __init__(self) -> None:
        """Read the mapping."""
        super().__init__("{package}")
'''
_TEST = '''\
"""The judge: every rule of the gateway's adapter kit, over this adapter and its samples."""

from adapters.kit.judge import test_a_rule_is_kept

__all__ = ["test_a_rule_is_kept"]
'''

_INVENTED: Mapping[JsonType, Scalar] = {JsonType.STRING: "invented", JsonType.BOOLEAN: False, JsonType.INTEGER: 7}


def files_of(key: str, title: str, owner: str, sample: bytes | None) -> tuple[Mapping[str, bytes], Draft]:
    """Return the files of a new adapter by path, and what was decided about each field. Raises KitError."""
    if _KEY.fullmatch(key) is None or iskeyword(key.capitalize()):
        raise KitError("name", "A name is 2 to 16 small letters and digits, a letter first, and no word of Python.")
    if key in {place.name for place in resources.files("adapters.systems").iterdir()}:
        raise KitError("name", "An adapter that comes with the gateway has that name already.")
    heading = heading_of(sample) if sample is not None else Heading(Format.CSV, NOTHING)
    made, mapping = _drafted(key, title, owner, heading)
    package, name = f"{key}_adapter", key.capitalize()
    body = _sample(mapping, made)
    said = {"key": key, "package": package, "name": name, "title": as_json(title), "docstring": f"{title}: an adapter."}
    texts = {
        "pyproject.toml": _PROJECT.format(**said),
        "README.md": renewed("", Mapped.of(mapping)),
        f"src/{package}/__init__.py": f'"""{title}."""\n',
        f"src/{package}/adapter.py": _CODE.format(**said),
        f"src/{package}/mapping.toml": made.text,
        f"tests/test_{key}.py": _TEST,
        "samples/first.canonical.json": _golden(mapping, body),
    }
    files = {path: text.encode() for path, text in texts.items()}
    return {**files, f"samples/first.in.{heading.format.value}": body}, made


def _drafted(key: str, title: str, owner: str, heading: Heading) -> tuple[Draft, FieldMapping]:
    """Raises KitError for what may stand in no manifest and no mapping."""
    if _OWNER.fullmatch(owner) is None:
        raise KitError("owner", "An owner is 1 to 120 characters of ASCII on one line.")
    made = draft(key, title, owner, heading)
    try:
        return made, parse_mapping(made.text)
    except MappingError:
        pass
    raise KitError("sample", "A name in the sample is none that a mapping can hold, or there are too many.")


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write them into a folder that is not there yet. Raises KitError."""
    if folder.exists():
        raise KitError("folder_exists", "There is something of that name already; nothing was written.")
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def _sample(mapping: FieldMapping, made: Draft) -> bytes:
    """One record about nobody, in the format: invented where a field is taken, and a word where it stays."""
    plain = Codec(lambda text, _pointer: text, lambda value: value)
    fields = tuple(
        replace(field, to=field.to or ("kept",), way=Way.BOTH, codec=plain)
        for field in mapping.read_fields()
        if field.name in made.taken or field.name in made.kept
    )
    written = {field.name: [(0, _said(field.name, mapping, made))] for field in fields}
    return write_record(written, replace(mapping, fields=fields))


def _said(name: str, mapping: FieldMapping, made: Draft) -> Scalar:
    """What the sample says under a field: something of its type, whether we take it or not."""
    [field] = [each for each in mapping.read_fields() if each.name == name]
    said = field.codec.write(made.invented[name]) if name in made.invented else None
    return _INVENTED[made.types.get(name, JsonType.STRING)] if said is None else said


def _golden(mapping: FieldMapping, body: bytes) -> str:
    parsed = parse_outcome(Mapped.of(mapping), Inbound(body, mapping.manifest.media_types[0]))
    if isinstance(parsed, AdapterError):
        raise KitError("sample", f"A gateway does not read such a document ({parsed.rule}).")
    if not isinstance(parsed, ParsedReferral):
        raise KitError("sample", "The sample became no referral.")
    return json.dumps(parsed.document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
