# ruff: noqa: INP001, T201, TID251 - an agency's own script: no package, prints, and has a clock and chance of its own
"""Send a first referral and fetch its receipt: python quickstart_agency.py URL KEY_FILE (docs/quickstart-agency.md)."""

import hashlib
import json
import sys
import time
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT = "riverside-clinic-system"
SCOPES = "referrals:send referrals:read"
RECIPIENT, PURPOSE = "harbour-shelter", "assistance.accommodation"
REFERRAL = {
    "schema": "referral/1.0",
    "sender_reference": "VISIT-2031",  # your own number: you get it back, nobody else does
    "subject": {
        "person_ref": "C-0311",  # your own reference for her, the one her consent was recorded under
        "names": [{"use": "official", "given": "Invented", "family": "Person"}],  # stays behind: see "not_sent"
        "minor_status": "adult",
        "languages": [{"code": "sq", "preferred": True}],
    },
    "needs": [{"code": "accommodation.emergency"}],
}


class Agency:
    """Your system: one private key, one access token at a time."""

    def __init__(self, url: str, key: ECKey) -> None:
        self.url, self.key, self.token, self.nonce = url, key, "", ""
        self.http = httpx.Client(trust_env=False)  # the demonstration is on this machine: no proxy

    def sign_in(self) -> None:
        """Get an access token of five minutes with private_key_jwt (RFC 7523); there is no shared secret."""
        now = int(time.time())
        claims = {"iss": CLIENT, "sub": CLIENT, "aud": self.url, "iat": now, "exp": now + 60}
        for _ in range(2):  # the first answer brings the nonce (RFC 9449, section 8)
            fresh = {**claims, "jti": str(uuid.uuid4())}
            form = {
                "grant_type": "client_credentials",
                "scope": SCOPES,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": jwt.encode({"alg": "ES256", "kid": self.key.kid}, fresh, self.key),
            }
            answer = self.call("POST", "/oauth/token", data=form)
            if "access_token" in answer:
                self.token = answer["access_token"]
                return
        sys.exit(f"no access token: {answer}")

    def call(self, method: str, path: str, **request: object) -> dict:
        """Send one request with a proof that you hold the key (DPoP, RFC 9449), made for this request alone."""
        claims = {"jti": str(uuid.uuid4()), "htm": method, "htu": self.url + path, "iat": int(time.time())}
        headers = dict(request.pop("headers", {}))
        if self.nonce:
            claims["nonce"] = self.nonce
        if self.token:
            digest = hashlib.sha256(self.token.encode()).digest()
            claims["ath"] = urlsafe_b64encode(digest).rstrip(b"=").decode()
            headers["Authorization"] = f"DPoP {self.token}"
        public = self.key.as_dict(private=False)
        headers["DPoP"] = jwt.encode({"alg": "ES256", "typ": "dpop+jwt", "jwk": public}, claims, self.key)
        answer = self.http.request(method, self.url + path, headers=headers, **request)
        self.nonce = answer.headers.get("DPoP-Nonce", self.nonce)
        return answer.json()


def main(url: str, key_file: str) -> None:
    """Sign in, send the referral, fetch its receipt."""
    agency = Agency(url, ECKey.import_key(json.loads(Path(key_file).read_text())))
    agency.sign_in()
    headers = {
        "GX-Recipient": RECIPIENT,
        "GX-Purpose": PURPOSE,
        "GX-Urgency": "urgent",
        "Idempotency-Key": str(uuid.uuid4()),  # repeat it with the same bytes, and you get the same answer
    }
    answer = agency.call("POST", "/v1/referrals", json=REFERRAL, headers=headers)
    if answer.get("outcome") != "permitted":
        sys.exit(json.dumps(answer, indent=2))
    print("accepted: ", answer["decision_id"])
    print("sent:     ", ", ".join(answer["sent"]))
    print("not sent: ", ", ".join(answer["not_sent"]))
    receipt = agency.call("GET", f"/v1/referrals/{answer['decision_id']}")
    print("state:    ", receipt["state"], "for your", receipt["reference"])
    Path("receipt.json").write_text(json.dumps(receipt["proof"], indent=1))
    print("receipt:   receipt.json")


if __name__ == "__main__":
    main(*sys.argv[1:3])
