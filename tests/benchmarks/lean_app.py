"""The lean pipeline: the least that any honest gateway must do to accept a referral, and nothing else.

It verifies the access token (ES256) and the DPoP proof, validates the document against its JSON Schema, encrypts it,
and answers 201 after one group commit of used proof, referral, chained audit row and outbox row (SQLite in WAL,
synchronous=FULL). No consent, no minimal disclosure, no pseudonym, no seal, no provable log, no nonce: `make bench`
says how much of its speed is left with all of these.
"""

import asyncio
import json
import os
import queue
import sqlite3
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from benchmarks.lean_requests import FOLDER, ISSUER_KEY, PATH, SCHEMA
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import FastAPI, Request
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, import_key
from jsonschema_rs import Draft202012Validator
from starlette.responses import JSONResponse

_LARGEST_BATCH = 256
PROOF_LIFETIME = 300
_TABLES = (
    "used(id blob primary key, expires int) without rowid",
    "referral(id text primary key, sender text, sealed blob)",
    "audit(n integer primary key, hash blob, entry text)",
    "outbox(n integer primary key, referral text, due real, attempts int default 0)",
)
_ALGORITHMS = ["ES256"]


@dataclass(frozen=True, slots=True)
class Asking:
    """A verified request: who sent it, and the proof that counts once."""

    client: str
    proof: bytes
    expires: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A referral on its way into the database, and the coroutine that waits for it."""

    asking: Asking
    referral: str
    sealed: bytes
    status: "asyncio.Future[int]"


@dataclass(slots=True)
class Writer:
    """One thread that commits whatever waits, together."""

    path: Path
    loop: asyncio.AbstractEventLoop
    waiting: "queue.SimpleQueue[Waiting]" = field(default_factory=queue.SimpleQueue)
    commits: int = 0
    items: int = 0
    last: bytes = b""

    def work(self) -> None:
        """Commit batch after batch until the process ends."""
        database = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        for pragma in ("journal_mode=wal", "synchronous=full"):
            database.execute(f"pragma {pragma}")
        for table in _TABLES:
            database.execute(f"create table if not exists {table}")
        while True:
            batch = self._next()
            database.execute("begin immediate")
            answers = [(one.status, self._insert(database, one)) for one in batch]
            database.execute("commit")
            self.commits, self.items = self.commits + 1, self.items + len(batch)
            self.loop.call_soon_threadsafe(_answer, answers)

    def _next(self) -> list[Waiting]:
        batch = [self.waiting.get()]
        while len(batch) < _LARGEST_BATCH:
            try:
                batch.append(self.waiting.get_nowait())
            except queue.Empty:
                break
        return batch

    def _insert(self, database: sqlite3.Connection, one: Waiting) -> int:
        used = database.execute(
            "insert into used values(?,?) on conflict do nothing", (one.asking.proof, one.asking.expires)
        )
        if used.rowcount == 0:
            return 409
        database.execute("insert into referral values(?,?,?)", (one.referral, one.asking.client, one.sealed))
        entry = json.dumps({"t": "referral.accepted", "id": one.referral, "by": one.asking.client})
        self.last = sha256(self.last + entry.encode()).digest()
        database.execute("insert into audit(hash,entry) values(?,?)", (self.last, entry))
        database.execute("insert into outbox(referral,due) values(?,?)", (one.referral, time.time()))
        return 201


def _answer(answers: list[tuple["asyncio.Future[int]", int]]) -> None:
    for waiting, status in answers:
        if not waiting.done():
            waiting.set_result(status)


@dataclass(frozen=True, slots=True)
class Door:
    """Verifies requests, afresh each time: nothing is remembered."""

    keys: KeySet

    def asking(self, request: Request) -> Asking:
        """Return who asks. Raises ValueError, KeyError or JoseError for anything that is not in order."""
        token, proof = request.headers["authorization"][5:], request.headers["dpop"]
        claims = jwt.decode(token, self.keys, algorithms=_ALGORITHMS).claims
        key = import_key(jws.extract_compact(proof.encode()).headers()["jwk"])
        shown = jwt.decode(proof, key, algorithms=_ALGORITHMS).claims
        holder = key.thumbprint()
        token_hash = urlsafe_b64encode(sha256(token.encode()).digest()).rstrip(b"=").decode()
        bound = claims["cnf"]["jkt"] == holder and shown["ath"] == token_hash
        if not bound or shown["htm"] != request.method or abs(time.time() - shown["iat"]) >= PROOF_LIFETIME:
            raise ValueError
        used = sha256((holder + shown["jti"]).encode()).digest()
        return Asking(claims["client_id"], used, shown["iat"] + PROOF_LIFETIME)


def app() -> FastAPI:
    """Build from the environment: a folder with the issuer's key."""
    folder = Path(os.environ[FOLDER])
    door = Door(KeySet([import_key(json.loads((folder / ISSUER_KEY).read_text("ascii")))]))
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    cipher = AESGCM(AESGCM.generate_key(256))
    writers: list[Writer] = []

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        writers.append(Writer(folder / "lean.db", asyncio.get_running_loop()))
        threading.Thread(target=writers[0].work, daemon=True).start()
        yield

    made = FastAPI(lifespan=lifespan)

    @made.post(PATH)
    async def accept(request: Request) -> JSONResponse:
        body = await request.body()
        try:
            asking = door.asking(request)
        except (ValueError, KeyError, JoseError):
            return JSONResponse({"error": "invalid_token"}, 401)
        if not validator.is_valid(json.loads(body)):
            return JSONResponse({"error": "schema"}, 422)
        referral, nonce = os.urandom(16).hex(), os.urandom(12)
        sealed = nonce + cipher.encrypt(nonce, body, referral.encode())
        status = writers[0].loop.create_future()
        writers[0].waiting.put(Waiting(asking, referral, sealed, status))
        return JSONResponse({"id": referral}, await status)

    @made.get("/counted")
    async def counted() -> dict[str, int]:
        return {"commits": writers[0].commits, "items": writers[0].items}

    return made
