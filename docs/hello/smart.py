# ruff: noqa: INP001, T201 - an agency's own script: no package, and prints
"""Hello in SMART Backend Services, for systems that speak FHIR: python docs/hello/smart.py URL CLIENT KEY_FILE."""

import sys

from gateway.client import SMART, Client, SigningKey

url, client, key_file = sys.argv[1:]
with Client(url, client, SigningKey.from_file(key_file), mode=SMART) as gateway:
    tasks = gateway.fhir.tasks(status="requested").get("entry", [])
print("hello:", client, "is known here; tasks that wait for an answer:", len(tasks))
