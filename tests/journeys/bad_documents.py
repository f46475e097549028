"""Every kind of wrong document an agency's system could send, with what the gateway must answer: status, pointer, rule.

MARK stands in each of them, where a value of a person would: an answer that repeats it has leaked.
"""

import json
from dataclasses import dataclass, field

from gateway.demo.agencies import CLINIC_SYSTEM, RECORDS
from gateway.demo.messages import MIRELA, NDEX, police_incident, related, supplement, written
from schemas.documents import Document
from schemas.vocabulary import Need

MARK = "Qz7-her-own-words"
CANONICAL = "application/json"
_HER: Document = {"person_ref": "C-0311", "minor_status": "adult", "alias": MARK}
GOOD: Document = {
    "schema": "referral/1.0",
    "subject": _HER,
    "needs": [{"code": "accommodation.emergency"}],
}
_XML = police_incident()
_DOCTYPE = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE doPublish [%s]>\n'


@dataclass(frozen=True)
class Bad:
    """One request that is wrong in one way. `headers` replace the usual ones; None leaves one out."""

    name: str
    status: int
    pointer: str
    rule: str
    body: bytes = b""
    client: str = CLINIC_SYSTEM
    media_type: str = CANONICAL
    headers: dict[str, str | None] = field(default_factory=dict)


def _json(name: str, status: int, pointer: str, rule: str, body: bytes) -> Bad:
    return Bad(name, status, pointer, rule, body)


def _xml(name: str, status: int, pointer: str, rule: str, body: bytes, media_type: str = NDEX) -> Bad:
    return Bad(name, status, pointer, rule, body, RECORDS, media_type)


def _parts(name: str, status: int, pointer: str, rule: str, body: bytes, media_type: str) -> Bad:
    return Bad(name, status, pointer, rule, body, RECORDS, media_type)


def _related(document: bytes = _XML, **changes: object) -> tuple[bytes, str]:
    body, announced = related(document, NDEX, {**supplement(MIRELA, Need.ACCOMMODATION_EMERGENCY), **changes})
    return body, announced["Content-Type"]


def changed(**members: object) -> bytes:
    return written({**GOOD, **members})


def _deep(levels: int) -> bytes:
    return b'{"schema":"referral/1.0","subject":' + b'{"a":' * levels + b"1" + b"}" * levels + b"}"


def _with_role(old: bytes, new: bytes) -> bytes:
    """Return the incident report with one role instead of another."""
    return _XML.replace(b"<j:" + old + b" ", b"<j:" + new + b" ").replace(b"</j:" + old + b">", b"</j:" + new + b">")


_BOTH, _ANNOUNCED = _related()
_MULTI = "multipart/related"
_STATUS = {"schema": "status/1.0", "reference": "R-1", "state": "accepted"}
_ENCODED = b"supplement+json\r\nContent-Transfer-Encoding: base64\r\n"

JSON = (
    _json("nothing", 400, "", "syntax", b""),
    _json("no JSON", 400, "", "syntax", f'{{"alias": "{MARK}"'.encode()),
    _json("no object", 400, "", "type", f'["{MARK}"]'.encode()),
    _json("another encoding", 400, "", "utf-8", f'{{"alias": "{MARK} \u00e9"}}'.encode("latin-1")),
    _json("a byte order mark", 400, "", "utf-8", b"\xef\xbb\xbf" + written(GOOD)),
    _json("UTF-16", 400, "", "utf-8", json.dumps(GOOD).encode("utf-16")),
    _json("half a surrogate pair", 400, "", "utf-8", written(GOOD).replace(MARK.encode(), MARK.encode() + b"\\ud800")),
    _json("a member twice", 400, "", "duplicate-key", b'{"schema":"referral/1.0",' + written(GOOD)[1:]),
    _json("not a number", 400, "", "number", written({**GOOD, "subject": {"age": {"min": float("nan")}}})),
    _json("a fraction", 400, "", "number", changed(subject={"age": {"min": 17.5}})),
    _json("deep nesting", 400, "", "depth", _deep(200)),
    _json("very deep nesting", 400, "", "depth", _deep(100_000)),
    _json("no schema", 400, "/schema", "required", written({"subject": {"alias": MARK}})),
    _json("another schema", 422, "/schema", "schema", changed(schema="referral/9.9")),
    _json("an unknown field", 422, "/*", "additionalProperties", changed(**{MARK: MARK})),
    _json("an unknown code", 422, "/needs/0/code", "enum", changed(needs=[{"code": MARK}])),
    _json("a code in another list", 422, "/subject/sex", "enum", changed(subject={**_HER, "sex": MARK})),
    _json("a list for an object", 422, "/subject", "type", changed(subject=[MARK])),
    _json(
        "text that is too long",
        422,
        "/subject/alias",
        "maxLength",
        changed(subject={**_HER, "alias": MARK * 30}),
    ),
    _json("no person", 422, "/subject/person_ref", "required", changed(subject={"alias": MARK})),
    _json("no need", 422, "/needs", "minItems", changed(needs=[])),
    _json(
        "a status",
        422,
        "",
        "not_a_referral",
        written(_STATUS),
    ),
)

XML = (
    _xml("nothing", 400, "", "malformed", b""),
    _xml("no XML", 400, "", "malformed", MARK.encode()),
    _xml("cut off", 400, "", "malformed", _XML[:-300]),
    _xml("a document type", 400, "", "dtd", _DOCTYPE % b"" + b"<doPublish/>"),
    _xml("an entity", 400, "", "dtd", _DOCTYPE % f'<!ENTITY e "{MARK}">'.encode() + b"<doPublish>&e;</doPublish>"),
    _xml("a file as entity", 400, "", "dtd", _DOCTYPE % b'<!ENTITY e SYSTEM "file:///etc/passwd">' + b"<a>&e;</a>"),
    _xml("entities of entities", 400, "", "dtd", _DOCTYPE % b'<!ENTITY a "aa"><!ENTITY b "&a;&a;">' + b"<a>&b;</a>"),
    _xml("deep nesting", 400, "", "depth", b"<a>" * 200 + MARK.encode() + b"</a>" * 200),
    _xml("an encoding nobody may use", 422, "", "encoding", _XML.replace(b"UTF-8", b"UTF-7", 1)),
    _xml("UTF-16", 422, "", "encoding", _XML.decode().replace("UTF-8", "UTF-16", 1).encode("utf-16")),
    _xml("another root", 422, "", "root", f"<note>{MARK}</note>".encode()),
    _xml(
        "two victims",
        422,
        "",
        "several_victims",
        _with_role(b"Suspect", b"Victim"),
    ),
    _xml(
        "no victim",
        422,
        "",
        "no_victim",
        _with_role(b"Victim", b"Missing"),
    ),
    _xml("no person reference", 422, "/subject/person_ref", "required", _XML),
    _xml("JSON to a police system", 415, "", "media_type", written(GOOD), CANONICAL),
    _xml("no media type", 415, "", "media_type", _XML, ""),
    _xml("text", 415, "", "media_type", _XML, "text/plain"),
)

MULTIPART = (
    _parts("no boundary", 400, _MULTI, "boundary", _BOTH, _MULTI),
    _parts("another boundary", 400, _MULTI, "parts", _BOTH, 'multipart/related; boundary="x"'),
    _parts("cut off", 400, _MULTI, "parts", _BOTH[:-400], _ANNOUNCED),
    _parts("two supplements", 400, _MULTI, "malformed", _BOTH[:-4] + b"\r\n" + _BOTH, _ANNOUNCED),
    _parts(
        "no supplement",
        400,
        _MULTI,
        "supplement_media_type",
        _BOTH.replace(b"supplement+json", b"other+json"),
        _ANNOUNCED,
    ),
    _parts("base64", 400, _MULTI, "transfer_encoding", _BOTH.replace(b"supplement+json\r\n", _ENCODED), _ANNOUNCED),
    _parts("a supplement that is no JSON", 400, "", "syntax", _BOTH.replace(b'{"schema"', b'{schema"'), _ANNOUNCED),
    _parts("a supplement with an unknown field", 422, "/*", "additionalProperties", *_related(**{MARK: MARK})),
    _parts("a supplement of another schema", 422, "/schema", "const", *_related(schema="referral/1.0")),
    _parts(
        "a supplement that contradicts",
        422,
        "/subject/sex",
        "conflict",
        *_related(subject={"person_ref": MIRELA, "sex": "male", "alias": MARK}),
    ),
)

HEADERS = (
    Bad("no recipient", 400, "GX-Recipient", "required", headers={"GX-Recipient": None}),
    Bad("a recipient that is no id", 400, "GX-Recipient", "pattern", headers={"GX-Recipient": MARK}),
    Bad("every recipient", 400, "GX-Recipient", "pattern", headers={"GX-Recipient": "*"}),
    Bad("no purpose", 400, "GX-Purpose", "required", headers={"GX-Purpose": None}),
    Bad("an unknown purpose", 400, "GX-Purpose", "unknown_code", headers={"GX-Purpose": "immigration_control"}),
    Bad("an unknown urgency", 400, "GX-Urgency", "unknown_code", headers={"GX-Urgency": MARK}),
    Bad("an unknown ground", 400, "GX-Ground", "unknown_code", headers={"GX-Ground": MARK}),
    Bad("no Idempotency-Key", 400, "Idempotency-Key", "required", headers={"Idempotency-Key": None}),
    Bad("a short Idempotency-Key", 400, "Idempotency-Key", "pattern", headers={"Idempotency-Key": "1"}),
    Bad("a person that is no id", 400, "GX-Subject", "pattern", headers={"GX-Subject": f"{MARK} x"}),
    Bad("a person who is not in it", 422, "/subject/person_ref", "subject_unclear", headers={"GX-Subject": MARK}),
)

ALL = (*JSON, *XML, *MULTIPART, *HEADERS)
