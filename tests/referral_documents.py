"""What load is made of: a canonical referral of about 3 KB and a police report, each about one invented person."""

import itertools
import json
from collections.abc import Iterator

from furnished import NATIVE, PURPOSE, SENDING, SHELTER, person_ref
from sending_system import SendingSystem
from served import ROOT

CANONICAL, NDEX = "canonical", "ndex"
PATH = "/v1/referrals"
_EXAMPLE = ROOT / "schemas" / "referral" / "examples" / "full.json"
_REPORT = ROOT / "gateway" / "demo" / "data" / "police-incident.xml"
_BOUNDARY = "part"


def canonical_bodies(persons: int, first: int = 0) -> Iterator[bytes]:
    """Yield referrals without end, about one person after the other, from the `first` on."""
    example = json.loads(_EXAMPLE.read_text("utf-8"))
    # Grown up whatever the year is: routes for children are refused until their rules are built.
    about = {**example["subject"], "birth": {"date": "1970-07"}, "age": {"min": 48, "max": 60}, "age_band": "48+"}
    for number in itertools.count():
        subject = {**about, "person_ref": person_ref(first + number % persons)}
        yield json.dumps({**example, "sender_reference": f"CASE-{number}", "subject": subject}).encode()


def ndex_bodies(persons: int) -> Iterator[bytes]:
    """Yield multipart bodies without end: the police report, and a supplement that says whom it is about."""
    report = _REPORT.read_bytes()
    for number in itertools.count():
        subject = {"person_ref": person_ref(number % persons, "records"), "minor_status": "adult"}
        needs = [{"code": "accommodation.emergency"}]
        supplement = json.dumps({"schema": "supplement/1.0", "subject": subject, "needs": needs}).encode()
        yield b"".join(
            (
                f"--{_BOUNDARY}\r\nContent-Type: application/xml\r\n\r\n".encode(),
                report,
                f"\r\n--{_BOUNDARY}\r\nContent-Type: application/vnd.referral-gateway.supplement+json\r\n\r\n".encode(),
                supplement,
                f"\r\n--{_BOUNDARY}--\r\n".encode(),
            )
        )


BODIES = {CANONICAL: canonical_bodies, NDEX: ndex_bodies}
CLIENT = {CANONICAL: SENDING, NDEX: NATIVE}
_MEDIA_TYPE = {CANONICAL: "application/json", NDEX: f'multipart/related; boundary={_BOUNDARY}; type="application/xml"'}


def headers_of(case: str, key: str) -> dict[str, str]:
    """Return the headers of one referral under that idempotency key, without token and proof."""
    return {
        "Content_Type": _MEDIA_TYPE[case],
        "GX_Recipient": SHELTER,
        "GX_Purpose": PURPOSE,
        "GX_Urgency": "urgent",
        "Idempotency_Key": key,
    }


def requests_of(
    system: SendingSystem, case: str, bodies: Iterator[bytes], keys: Iterator[str], count: int
) -> list[bytes]:
    """Return that many whole requests, each with a proof of its own. They are good for about two minutes."""
    return [system.prepared(PATH, next(bodies), **headers_of(case, next(keys))) for _ in range(count)]


def fresh_keys(name: str) -> Iterator[str]:
    """Yield idempotency keys without end."""
    return (f"{name}-{number:08d}" for number in itertools.count())
