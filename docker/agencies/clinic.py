"""A pretend clinic: sends referrals by mutual TLS, each until it is answered, and says how many were accepted."""

import json
import ssl
import sys
import time
import uuid

import httpx

GATEWAY = "https://gateway:8444"
CLIENT = "riverside-clinic-certified"
HER = {"person_ref": "C-0311", "minor_status": "adult", "languages": [{"code": "sq", "preferred": True}]}
REFERRAL = {"schema": "referral/1.0", "subject": HER, "needs": [{"code": "accommodation.emergency"}]}
WHERE = {"GX-Recipient": "harbour-shelter", "GX-Purpose": "assistance.accommodation", "GX-Urgency": "urgent"}
TYPE = {"Content-Type": "application/json"}
PAUSE = 0.3
LONGEST = 60.0


def main() -> None:
    """Send as many as the argument says."""
    context = ssl.create_default_context(cafile="/authority/authority.pem")
    context.load_cert_chain("/clinic/own.pem")
    accepted = again = 0
    with httpx.Client(base_url=GATEWAY, verify=context, trust_env=False, timeout=10) as http:
        for _ in range(int(sys.argv[1])):
            tries = sent(http)
            accepted, again = accepted + 1, again + tries - 1
            time.sleep(PAUSE)
    sys.stdout.write(json.dumps({"accepted": accepted, "asked_again": again}) + "\n")


def sent(http: httpx.Client) -> int:
    """Send one referral under one key until it is accepted; how often it was asked."""
    key, deadline, tries = uuid.uuid4().hex, time.monotonic() + LONGEST, 0
    while time.monotonic() < deadline:
        tries += 1
        try:
            headers = {**WHERE, **TYPE, **bearer(http), "Idempotency-Key": key}
            answer = http.post("/v1/referrals", content=json.dumps(REFERRAL), headers=headers)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code in {200, 201}:
            return tries
        if answer is not None and answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
            raise SystemExit(f"{answer.status_code}: {answer.text}")
        time.sleep(PAUSE)
    raise SystemExit("no answer for too long")


def bearer(http: httpx.Client) -> dict[str, str]:
    """Return a new token; TLS showed whose it is. A node that went meanwhile gives none, and is asked again later."""
    form = {"grant_type": "client_credentials", "client_id": CLIENT, "scope": "referrals:send"}
    answer = http.post("/oauth/token", data=form)
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise httpx.ReadError("no token")
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


if __name__ == "__main__":
    main()
