"""Names what would leave, without telling it: how a sender holds what is sent against what it was shown (M-13).

An HMAC and no hash: the document is about a person, and names and places are few enough to be tried. It says nothing
about the pseudonym, the message id or the hour, which differ each time.
"""

from consent.minimise import MinimalDocument
from gateway.core.crypto.keys import KeyUse, MacKeys
from schemas.canonical import canonical
from schemas.catalogue import schema_hash
from schemas.documents import Json


def preview_digest(keys: MacKeys, minimal: MinimalDocument, adapter: str, policy: str) -> str:
    """Return the digest, in hex, of what this recipient would get before her pseudonym is put in.

    `adapter` is its key and version; with schema, profile, agreement and policy it says by what the document was made.
    The recipient stands in the context, so that equal documents for two recipients have nothing equal.
    """
    permit = minimal.permit
    named: dict[str, Json] = {
        "document": minimal.document,
        "schema": schema_hash("referral/1.0"),
        "profile": permit.profile.hash,
        "agreement": f"{permit.agreement.id}:{permit.agreement.version}",
        "adapter": adapter,
        "policy": policy,
    }
    context = f"{permit.agreement.sender}\0{permit.agreement.recipient}\0{permit.agreement.purpose}".encode()
    return keys.mac(KeyUse.PREVIEW, context, canonical(named)).hex()
