"""The code tables of `data/codes.toml` and the names of `data/fields.toml`, read when the adapter is made."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from adapters.sdk import CodeTable

NRM, DTN = "NRM", "DTN"
"""The two routes: a referral with her consent, and a notice without it that names nobody."""

_DOCUMENT = re.compile(r"Document[0-9]{1,2}\.(URL|Name|MimeType|URLLoadContent)")


@dataclass(frozen=True, slots=True)
class Codes:
    """Every table of the format, and the names of its fields."""

    kind: CodeTable[str]
    sex: CodeTable[str]
    age: CodeTable[str]
    as_a_child: CodeTable[str]
    answer: CodeTable[str]
    last_contact: CodeTable[str]
    exploitation: Mapping[str, str]
    means: Mapping[str, str]
    narrative: Mapping[str, str]
    known: frozenset[str]

    def name(self, field: str) -> str:
        """Return a field's name for pointers, or `*` where it is none of the format's: it may be anything."""
        return field if field in self.known or _DOCUMENT.fullmatch(field) is not None else "*"


@cache
def read_codes() -> Codes:
    """Return the tables, read from the package on first use."""
    folder = files("adapters.systems.uknrm").joinpath("data")
    data = tomllib.loads(folder.joinpath("codes.toml").read_text(encoding="utf-8"))
    names = tomllib.loads(folder.joinpath("fields.toml").read_text(encoding="utf-8"))
    tables = {
        name: CodeTable(name, data[name]) for name in ("kind", "sex", "age", "as_a_child", "answer", "last_contact")
    }
    return Codes(
        **tables,
        exploitation=data["exploitation"],
        means=data["means"],
        narrative=data["narrative"],
        known=frozenset([*names["known"], *GATEWAY]),
    )


GATEWAY = (
    "Gateway.MessageId",
    "Gateway.Sender",
    "Gateway.SenderTitle",
    "Gateway.Purpose",
    "Gateway.Urgency",
    "Gateway.SentOn",
    "Gateway.UseUntil",
    "Gateway.Obligations",
    "Gateway.Pseudonym",
    "Gateway.AgeBand",
)
"""Fields of our own for what must travel (M-11) and the format has no field for."""
