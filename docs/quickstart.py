# ruff: noqa: INP001, T201 - an agency's own script: no package, and prints
"""Send a first referral: python docs/quickstart.py URL KEY_FILE (docs/quickstart.md)."""

import sys

from gateway.client import Client, Purpose, Route, SigningKey, Urgency

url, key_file = sys.argv[1:]
gateway = Client(url, "riverside-clinic-system", SigningKey.from_file(key_file))
her = {"person_ref": "C-0311", "minor_status": "adult", "languages": [{"code": "sq", "preferred": True}]}
referral = {"schema": "referral/1.0", "subject": her, "needs": [{"code": "accommodation.emergency"}]}
there = Route("harbour-shelter", Purpose.ACCOMMODATION, Urgency.URGENT)
sent = gateway.refer(referral, there)
print("accepted:", sent.id)
print("sent:    ", ", ".join(sent.sent))
