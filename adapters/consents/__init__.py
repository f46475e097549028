"""How others write consents down: FHIR R4 Consent, ISO/IEC TS 27560 records in DPV terms, Kantara receipts 1.1.

Pure translation between such a document and consent/1.0, in both directions. Nothing is decided here: what is read is
recorded like any other consent, or refused (ADR 0030). A reader takes every member it finds for something that might
limit what she agreed to, so what it does not know for certain it refuses; nothing read is ever wider than what stood
there.
"""

from typing import Final

from adapters.consents.fhir import FhirConsent
from adapters.consents.iso27560 import Iso27560Record
from adapters.consents.kantara import KantaraReceipt
from adapters.consents.papers import ConsentFormat, ConsentPaper, Party, ReadPaper, WrittenPaper

FORMATS: Final[dict[str, ConsentFormat]] = {one.key: one for one in (FhirConsent(), Iso27560Record(), KantaraReceipt())}
"""Every format, by its key."""

__all__ = ["FORMATS", "ConsentFormat", "ConsentPaper", "Party", "ReadPaper", "WrittenPaper"]
