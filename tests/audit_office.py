"""What an officer holds who checks a log with `python -m consent`: an export, checkpoints, a receipt."""

import json
from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent import merkle
from consent.__main__ import main
from consent.checkpoint import Checkpoint, VerifierKey, signed
from consent.export import Accumulator

ORIGIN = "log.example/referrals"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey(ORIGIN, PRIVATE.public_key().public_bytes_raw())


class Office:
    """What an officer holds: an export, checkpoints, a receipt; and what the command told her."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        self.lines = [b'{"event":"decision","n":%d}' % number for number in range(30)]
        self.export = self.wrote("export.jsonl", b"".join(line + b"\n" for line in self.lines))

    def wrote(self, name: str, data: bytes) -> str:
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    def checkpoint(self, size: int) -> str:
        tree = Accumulator()
        for line in self.lines[:size]:
            tree.add(merkle.leaf_hash(line))
        text = signed(Checkpoint(ORIGIN, size, tree.head().root), KEY, PRIVATE.sign)
        return self.wrote(f"checkpoint-{size}", text.encode())

    def rewritten(self, *lines: bytes) -> str:
        return self.wrote("rewritten.jsonl", b"".join(line + b"\n" for line in lines))

    def receipt(self, leaf: bytes) -> str:
        grown = merkle.appended(0, [merkle.leaf_hash(line) for line in self.lines], lambda *_: b"")
        document = {
            "leaf": leaf.decode(),
            "index": 7,
            "proof": [b64encode(one).decode() for one in grown.inclusion_proof(7)],
            "checkpoint": Path(self.checkpoint(30)).read_text(encoding="utf-8"),
        }
        return self.wrote("receipt.json", json.dumps(document).encode())

    def asks(self, *arguments: str) -> tuple[int, str]:
        answer = main(arguments)
        return answer, self.capsys.readouterr().out
