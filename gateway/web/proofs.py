"""A leaf's proof as the sender gets it; `python -m consent verify-receipt` reads it."""

import base64

from gateway.core.answers import Proof
from schemas.documents import Document


def proof_json(proof: Proof, checkpoint: str) -> Document:
    """Write leaf, place, path and signed checkpoint.

    For the sender and the DPO only: recipients never get it (DESIGN section 6).
    """
    return {
        "proof": {
            "leaf": proof.leaf.decode(),
            "index": proof.index,
            "proof": [base64.b64encode(step).decode() for step in proof.path],
            "checkpoint": checkpoint,
        }
    }
