"""Each rule can fail: for every one there is an adapter that breaks it, and a good adapter keeps them all."""

import json
import random
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from mapped import mapped, mapping_text

from adapters.kit.judged import Judged, Sample
from adapters.kit.page import generated
from adapters.kit.rules import RULES, Outcome, judge, reached, unknown_exemptions
from adapters.sdk.checks import CANARY
from adapters.sdk.contract import Inbound, Outbound, Outgoing, Parsed, ParsedReferral
from adapters.sdk.errors import AdapterError, MalformedError
from adapters.sdk.manifest import Exemption, Level, Manifest
from adapters.sdk.mapping.adapter import Mapped
from schemas.documents import Loss
from schemas.vocabulary import DataCategory

CSV = (
    "Client,Sex,Born,Nationality,Mobile,CallOk,Children,Notes,Needs\r\n"
    "HH-7,F,02/11/2004,Moldova,+44 1632 960001,yes,2,Prose about nobody,bed;doctor\r\n"
)
RULE = {rule.id: rule for rule in RULES}
COUNTED = count()


@cache
def harbour() -> Mapped:
    return mapped(mapping_text().replace('level = "silver"', 'level = "gold"'))


def parsed(inbound: Inbound) -> ParsedReferral:
    return harbour().parse(inbound)


def rendered(outgoing: Outgoing) -> Outbound:
    return harbour().render(outgoing)


@dataclass
class Bent(Mapped):
    """The good adapter, bent at one place."""

    reads: Callable[[Inbound], Parsed] = parsed
    writes: Callable[[Outgoing], Outbound] = rendered
    said: Manifest = field(default_factory=lambda: harbour().manifest)

    def __post_init__(self) -> None:
        self.mapping = harbour().mapping

    @property
    def manifest(self) -> Manifest:
        return self.said

    def parse(self, inbound: Inbound) -> ParsedReferral:
        found = self.reads(inbound)
        assert isinstance(found, ParsedReferral)
        return found

    def render(self, outgoing: Outgoing) -> Outbound:
        return self.writes(outgoing)


def judged(adapter: Mapped | None = None, source: str = "import re\n", **changes: object) -> Judged:
    golden = parsed(Inbound(CSV.encode(), "text/csv")).document
    good = Judged(
        adapter or harbour(),
        "harbour",
        (Sample("first.in.csv", CSV.encode(), golden),),
        (("adapter.py", source),),
        generated(adapter or harbour()),
    )
    return replace(good, **changes)  # type: ignore[arg-type]  # mypy cannot match names given in a dict


def reading(change: Callable[[ParsedReferral, Inbound], Parsed]) -> Judged:
    return judged(Bent(reads=lambda inbound: change(parsed(inbound), inbound)))


def always(change: Callable[[Inbound], object]) -> Judged:
    """Reads what the good one refuses, or something else."""

    def reads(inbound: Inbound) -> Parsed:
        found = change(inbound)
        return found if isinstance(found, ParsedReferral) else parsed(inbound)

    return judged(Bent(reads=reads))


def without_losses(found: ParsedReferral, _: Inbound) -> Parsed:
    return replace(found, losses=())


def with_notes(found: ParsedReferral, inbound: Inbound) -> Parsed:
    notes = inbound.body.decode().splitlines()[1].split(",")[7]
    return replace(found, document={**found.document, "sender_reference": notes.replace(" ", "-")})


def quoting(inbound: Inbound) -> Parsed:
    try:
        return parsed(inbound)
    except AdapterError as error:
        said = "".join(char for char in inbound.body.decode("utf-8", "ignore") if char.isalnum())
        raise MalformedError(f"{error.pointer}/{CANARY}" if CANARY in said else error.pointer, error.rule) from None


def stumbling(inbound: Inbound) -> Parsed:
    try:
        return parsed(inbound)
    except MalformedError as error:
        if error.rule in {"csv", "ragged"}:
            raise
        return {}[error.rule]


def saying_more(outgoing: Outgoing) -> Outbound:
    outbound = rendered(outgoing)
    return replace(outbound, body=outbound.body + json.dumps(outgoing.document, default=str).encode())


def swallowing(door: Callable[[], object]) -> Callable[[Inbound], object]:
    """Reaches for a door, and says nothing when it is closed."""

    def reads(_: Inbound) -> object:
        try:
            return door()
        except Exception:  # noqa: BLE001 - as an adapter does that hides what it tried
            return None

    return reads


def pseudonym_only() -> frozenset[DataCategory]:
    return frozenset({DataCategory.ENVELOPE, DataCategory.PSEUDONYM})


UNREAD = replace(harbour().manifest, media_types=("text/csv",), outgoing_media_type="text/plain")
BROKEN: dict[str, Callable[[], Judged]] = {
    "A1": lambda: judged(name="another"),
    "A2": lambda: judged(samples=()),
    "A3": lambda: reading(lambda found, _: replace(found, document={**found.document, "colour": "red"})),
    "A4": lambda: replace(
        judged(mapped(mapping_text("json"))),
        adapter=Bent(
            reads=lambda _: ParsedReferral({"schema": "referral/1.0", "subject": {}}, (Loss("/x", "dropped"),))
        ),
        samples=(Sample("first.in.json", b'{"Client":"HH-7"}'),),
    ),
    "A5": lambda: always(lambda inbound: parsed(replace(inbound, subject=None))),
    "B1": lambda: judged(Bent(writes=lambda outgoing: {}[str(outgoing)])),
    "B2": lambda: judged(Bent(writes=lambda outgoing: replace(rendered(outgoing), losses=()))),
    "B3": lambda: judged(
        Bent(writes=lambda outgoing: replace(rendered(outgoing), losses=(Loss("/nowhere", "dropped"),)))
    ),
    "C1": lambda: judged(Bent(reads=quoting)),
    "C2": lambda: reading(without_losses),
    "C3": lambda: reading(with_notes),
    "C4": lambda: judged(Bent(writes=saying_more, said=replace(harbour().manifest, categories=pseudonym_only()))),
    "D1": lambda: reading(lambda found, _: replace(found, losses=(Loss(f"/{next(COUNTED)}", "dropped"),))),
    "D2": lambda: judged(samples=(Sample("first.in.csv", CSV.encode(), {"schema": "referral/1.0"}),)),
    "D3": lambda: judged(Bent(said=UNREAD)),
    "D4": lambda: judged(page="# Harbour\n"),
    "E1": lambda: always(swallowing(lambda: socket.create_connection(("127.0.0.1", 9)))),
    "E2": lambda: always(swallowing(lambda: Path("nothing.txt").read_text("utf-8"))),
    "E3": lambda: always(swallowing(lambda: time.time() > 0)),
    "E4": lambda: judged(source="import os\nwhere = os.environ['HOME']\n"),
    "E5": lambda: always(swallowing(lambda: random.random() > 1)),  # noqa: S311 - a closed door is tried
    "E6": lambda: always(swallowing(lambda: subprocess.Popen(["true"]))),  # noqa: S607 - a closed door is tried
    "E7": lambda: judged(source="import lxml.etree\n"),
    "F1": lambda: always(lambda _: ParsedReferral({"schema": "referral/1.0", "subject": {}})),
    "F2": lambda: always(lambda inbound: ParsedReferral({}) if inbound.body.startswith(b"Cl") else None),
    "F3": lambda: judged(Bent(reads=stumbling)),
    "F4": lambda: judged(Bent(reads=stumbling)),
    "F5": lambda: always(lambda inbound: {}["huge"] if len(inbound.body) > 900_000 else None),
    "F6": lambda: always(lambda inbound: ParsedReferral({}) if inbound.body[:2] == b"\xff\xfe" else None),
}


def test_a_good_adapter_keeps_every_rule_and_is_gold() -> None:
    verdicts = [judge(rule, judged()) for rule in RULES]
    assert {each.rule.id: [str(one) for one in each.findings] for each in verdicts if each.findings} == {}
    assert reached(verdicts) is Level.GOLD


def test_every_rule_has_an_adapter_that_breaks_it() -> None:
    assert BROKEN.keys() == RULE.keys()


@pytest.mark.parametrize("rule", BROKEN)
def test_a_bad_adapter_is_found(rule: str) -> None:
    verdict = judge(RULE[rule], BROKEN[rule]())
    assert verdict.outcome is Outcome.BROKEN
    assert verdict.findings
    assert CANARY not in "".join(map(str, verdict.findings))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("E1", "import urllib.request"),
        ("E1", "from http import client"),
        ("E2", "from pathlib import Path"),
        ("E2", "text = open('x').read()"),
        ("E3", "import time"),
        ("E3", "from datetime import date\nday = date.today()"),
        ("E4", "import os\nx = os.getenv('A')"),
        ("E5", "import random"),
        ("E5", "from uuid import uuid4"),
        ("E6", "import subprocess"),
        ("E6", "x = eval('1')"),
    ],
)
def test_a_door_is_seen_in_the_source_though_nobody_goes_through_it(rule: str, source: str) -> None:
    assert judge(RULE[rule], judged(source=source)).outcome is Outcome.BROKEN
    assert judge(RULE[rule], judged()).outcome is Outcome.KEPT


@pytest.mark.parametrize(
    "source", ["import re", "from urllib.parse import quote", "from datetime import date\nd = date(1, 1, 1)"]
)
def test_what_is_pure_is_let_be(source: str) -> None:
    assert all(judge(RULE[f"E{door}"], judged(source=source)).outcome is Outcome.KEPT for door in range(1, 7))


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("from lxml import etree", Outcome.BROKEN),
        ("from adapters import sdk, kit", Outcome.BROKEN),
        ("from adapters import sdk\nfrom adapters.sdk.xml import tree\nfrom . import tables", Outcome.KEPT),
        ("import re, openpyxl.cell", Outcome.KEPT),
    ],
)
def test_a_library_is_imported_only_where_the_manifest_names_it(source: str, outcome: Outcome) -> None:
    naming = Bent(said=replace(harbour().manifest, libraries=("openpyxl",)))
    assert judge(RULE["E7"], judged(naming, source)).outcome is outcome


# ------------------------------------------------------------------------------------------------- levels, exemptions


def claiming(level: Level, *exempt: Exemption) -> Judged:
    return judged(Bent(said=replace(UNREAD, level=level, exempt=exempt)))


REASON = "their import has other columns than their export has"


def test_a_rule_of_a_level_that_is_not_claimed_is_not_yet_kept() -> None:
    assert judge(RULE["D3"], claiming(Level.SILVER)).outcome is Outcome.NOT_YET
    assert judge(RULE["D3"], claiming(Level.GOLD)).outcome is Outcome.BROKEN
    assert judge(RULE["A1"], replace(claiming(Level.NONE), name="x")).outcome is Outcome.BROKEN  # bronze is for all


def test_what_is_written_and_then_refused_is_said_with_its_rule_and_place() -> None:
    """An author who is told only that it is not read back has to guess which field it was."""
    written = harbour().manifest.outgoing_media_type

    def refusing(inbound: Inbound) -> Parsed:
        raise MalformedError("/Sex", "unknown_code:sex")

    verdict = judge(RULE["D3"], judged(Bent(reads=refusing, said=replace(harbour().manifest, media_types=(written,)))))
    assert verdict.outcome is Outcome.BROKEN
    assert all("refused when read back: unknown_code:sex at /Sex" in str(each) for each in verdict.findings)
    assert verdict.findings


def test_an_exemption_with_a_reason_excuses() -> None:
    verdict = judge(RULE["D3"], claiming(Level.GOLD, Exemption("D3", REASON)))
    assert (verdict.outcome, verdict.reason) == (Outcome.EXEMPT, REASON)
    assert reached([verdict]) is Level.GOLD


def test_nobody_is_excused_from_what_protects_people() -> None:
    assert not any(rule.may_be_exempt for rule in RULES if rule.id[0] in "ABEF")
    adapter = Bent(reads=quoting, said=replace(harbour().manifest, exempt=(Exemption("C1", REASON),)))
    assert judge(RULE["C1"], judged(adapter)).outcome is Outcome.BROKEN


def test_an_exemption_that_nobody_needs_is_a_finding() -> None:
    adapter = Bent(said=replace(harbour().manifest, exempt=(Exemption("D3", REASON), Exemption("A9", REASON))))
    assert judge(RULE["D3"], judged(adapter)).outcome is Outcome.BROKEN
    assert [str(each) for each in unknown_exemptions(judged(adapter))] == ["exempt: there is no rule A9"]


def test_a_level_is_reached_only_with_all_below_it() -> None:
    verdicts = [judge(rule, BROKEN["C2"]()) for rule in RULES if rule.id in {"A1", "C2", "D3"}]
    assert reached(verdicts) is Level.BRONZE
