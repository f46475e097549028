"""Adapters of other distributions, made in a folder as pip leaves them: files, entry point, and a record with hashes.

`PLAIN` keeps every promise. A test puts lines of its own into one of its places (`IMPORTED`, `PARSES`, ...) to make it
break one, so that whatever fails is due to those lines alone.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.sdk.guard import Guard, Limits
from gateway.plugins.allowing import pin_of, write
from gateway.plugins.crew import Terms
from gateway.plugins.distributions import GROUP, announced, proven
from gateway.plugins.finding import Elsewhere, InstalledAdapters, installed

KEY, NAME, PACKAGE = "visitor", "visitor-gateway-adapter", "visitor_adapter"
MEDIA_TYPE = "application/vnd.visitor+json"

MANIFEST = f"""\
key = "{KEY}"
title = "Visitor"
owner = "Tests"
version = "1.0"
media_types = ["{MEDIA_TYPE}"]
outgoing_media_type = "{MEDIA_TYPE}"
directions = ["parse", "render", "status", "notice"]
schema_versions = ["referral/1.0"]
categories = ["need"]
"""

PROGRAM = """\
import os
from adapters.sdk import (
    Outbound, ParsedReferral, ParsedRevocation, ParsedStatus, UnsupportedError, decode_json, read_manifest, write_json
)
from adapters.sdk.codes import ReferralState

KEPT = []
{imported}

class Visitor:
    def __init__(self):
        self.manifest = read_manifest("visitor_adapter")

    def parse(self, inbound):
        {parses}
        return ParsedReferral(decode_json(inbound.body))

    def render(self, outgoing):
        {renders}
        return Outbound(write_json({{**outgoing.document}}), self.manifest.outgoing_media_type)

    def render_status(self, update):
        return Outbound(update.reference.encode(), "text/plain")

    def render_notice(self, notice):
        {notifies}
        return Outbound(notice.about.encode(), "text/plain")
"""


@dataclass(frozen=True, slots=True)
class Lines:
    """What is put into the plain adapter, one statement each."""

    imported: str = "pass"
    parses: str = "pass"
    renders: str = "pass"
    notifies: str = "pass"

    def program(self) -> str:
        return PROGRAM.format(imported=self.imported, parses=self.parses, renders=self.renders, notifies=self.notifies)


def distribution(
    folder: Path, lines: Lines | None = None, *, name: str = NAME, more: Mapping[str, str] | None = None
) -> Path:
    """Install one into `folder`; the folder of its package. `more` are files beside or instead, by path."""
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    files = {
        f"{PACKAGE}/__init__.py": "",
        f"{PACKAGE}/manifest.toml": MANIFEST,
        f"{PACKAGE}/adapter.py": (lines or Lines()).program(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/entry_points.txt": f"[{GROUP}]\n{KEY} = {PACKAGE}.adapter:Visitor\n",
        f"{info}/INSTALLER": "tests\n",
        **(more or {}),
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    record = [f"{path},{_hash(text)},{len(text.encode())}" for path, text in files.items()]
    (folder / info / "RECORD").write_text("\n".join([*record, f"{info}/RECORD,,"]) + "\n")
    return folder / PACKAGE


def allow(folder: Path) -> Path:
    """Allow whatever lies in that folder, as it is now; the list."""
    file = folder.with_name(f"{folder.name}-allowed.json")
    write(file, {one.name: pin_of(proven(one)) for one in announced(folder) if one.name == NAME})
    return file


def found_in(folder: Path, terms: Terms | None = None, limits: Limits | None = None) -> InstalledAdapters:
    """What a gateway finds that allowed what lies in that folder. Close it."""
    return installed(limits or Limits(), Elsewhere(allow(folder), folder, terms or Terms()))


def visitor(found: InstalledAdapters) -> Guard:
    """The visitor behind its guard."""
    return found.of(KEY)


def _hash(text: str) -> str:
    return f"sha256={urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')}"
