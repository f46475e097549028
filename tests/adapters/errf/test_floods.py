"""Much of one thing: no form of the size the guard lets through takes long."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from adapters.sdk import Inbound
from adapters.sdk.checks import parse_outcome
from adapters.sdk.errors import AdapterDefectError
from adapters.sdk.guard import Guard

FORM = (Path(__file__).resolve().parent / "fixtures" / "alone.in.xml").read_text("utf-8")
HERS = "<IndividualGUID>00000001-0000-4000-8000-0000000000aa</IndividualGUID>"
FLOODS = {
    "needs": f"<dataVulnerability>{HERS}<VulnerabilityCode>SM</VulnerabilityCode></dataVulnerability>",
    "languages": f"<dataLanguage>{HERS}<LanguageCode>ENG</LanguageCode></dataLanguage>",
    "places": f"<dataAddress>{HERS}<AddressType>CoO</AddressType><AddressCountry>ERT</AddressCountry></dataAddress>",
    "channels": f"<dataContact>{HERS}<Email>a@b.example</Email><StillInUse>true</StillInUse></dataContact>",
    "aliases": f"<dataAlias>{HERS}<IndividualAliasLastName>Linde</IndividualAliasLastName></dataAlias>",
    "others": "<dataIndividual><IndividualID>#</IndividualID></dataIndividual>",
    "links of nobody": "<dataVulnerability/>",
}


@pytest.mark.parametrize("part", FLOODS.values(), ids=FLOODS)
@pytest.mark.parametrize("within", ["her", "the case"])
def test_a_flood_is_read_or_refused_at_once(adapter: Guard, part: str, within: str) -> None:
    flood = "".join(part.replace("#", f"812-{number}") for number in range(4_000))
    many = "<ReligionCode>-</ReligionCode>" * 3_000 if within == "her" else ""
    text = FORM.replace("</dataIndividual>", f"{many}</dataIndividual>", 1).replace("</CASE>", f"{flood}</CASE>")
    begun = time.process_time()
    outcome = parse_outcome(adapter, Inbound(text.encode()[: 1 << 20], "application/xml", "812-00C04711"))
    assert not isinstance(outcome, AdapterDefectError)
    assert time.process_time() - begun < 5, "it grows with the square of the form"
