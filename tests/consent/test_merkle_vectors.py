"""The verifiers against every official vector of transparency-dev/merkle, good and bad."""

import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from samples import vector

from consent.errors import ProofError
from consent.merkle import TreeHead, verify_consistency, verify_inclusion

Verify: TypeAlias = Callable[..., None]
Case: TypeAlias = dict[str, object]


def inclusion_vector(case: Case, verify: Verify) -> None:
    head = TreeHead(int(str(case["treeSize"])), decoded(case["root"]))
    verify(decoded(case["leafHash"]), int(str(case["leafIdx"])), proof_of(case), head)


def consistency_vector(case: Case, verify: Verify) -> None:
    older = TreeHead(int(str(case["size1"])), decoded(case["root1"]))
    verify(older, TreeHead(int(str(case["size2"])), decoded(case["root2"])), proof_of(case))


def decoded(text: object) -> bytes:
    return b64decode(str(text))


def proof_of(case: Case) -> list[bytes]:
    proof = case["proof"] or []
    assert isinstance(proof, list)
    return [decoded(one) for one in proof]


def disagreements(folder: Path, run: Callable[[Case, Verify], None], verify: Verify) -> tuple[int, list[str]]:
    """Count the vectors below a folder and name those whose verdict is not ours."""
    files = sorted(folder.rglob("*.json"))
    wrong = []
    for file in files:
        case = json.loads(file.read_text())
        try:
            run(case, verify)
            refused = False
        except ProofError:
            refused = True
        if refused is not case["wantErr"]:
            wrong.append(str(file.relative_to(folder)))
    return len(files), wrong


def test_every_official_inclusion_vector_gets_its_verdict() -> None:
    assert disagreements(vector("merkle", "inclusion"), inclusion_vector, verify_inclusion) == (98, [])


def test_every_official_consistency_vector_gets_its_verdict() -> None:
    assert disagreements(vector("merkle", "consistency"), consistency_vector, verify_consistency) == (98, [])


def test_canary_a_verifier_that_refuses_nothing_disagrees_with_the_vectors() -> None:
    def careless(*_: object) -> None:
        return

    count, wrong = disagreements(vector("merkle", "inclusion"), inclusion_vector, careless)
    assert (count, len(wrong) > 80) == (98, True)


def test_canary_a_verifier_that_passes_empty_trees_disagrees_with_the_vectors() -> None:
    def careless(older: TreeHead, newer: TreeHead, proof: list[bytes]) -> None:
        if older.size:
            verify_consistency(older, newer, proof)

    _, wrong = disagreements(vector("merkle", "consistency"), consistency_vector, careless)
    assert any("empty-tree" in name for name in wrong)
