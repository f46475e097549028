"""The witness over HTTP: C2SP tlog-witness, `POST /add-checkpoint`. Nobody is asked who they are: the log signs."""

from http import HTTPStatus

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from consent.checkpoint import note
from consent.errors import ConsentError, ProofError, SignatureError
from consent.witnessing import OtherTreeError, Submission, parse_submission
from gateway.core.errors import OperatorError
from gateway.witness.keeping import Keeper, UnknownLogError

LARGEST = 16_384
"""Bytes of a submission: 63 hashes and a checkpoint."""

_SIZE = "text/x.tlog.size"


def application(keeper: Keeper) -> FastAPI:
    """Make the application; it opens and closes nothing."""
    app = FastAPI(title="Witness", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)

    @app.post("/add-checkpoint")
    async def add_checkpoint(request: Request) -> Response:
        sent = bytearray()
        async for chunk in request.stream():
            sent += chunk
            if len(sent) > LARGEST:
                return _no(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return await run_in_threadpool(answered, keeper, bytes(sent))

    @app.get("/livez")
    async def live() -> Response:
        return PlainTextResponse("live\n")

    return app


def answered(keeper: Keeper, sent: bytes) -> Response:
    """Judge one submission and answer as the standard says."""
    try:
        submission = parse_submission(sent.decode())
        return PlainTextResponse(_lines(keeper, submission))
    except UnknownLogError:
        return _no(HTTPStatus.NOT_FOUND)
    except OperatorError:
        return _no(HTTPStatus.SERVICE_UNAVAILABLE)
    except SignatureError:
        return _no(HTTPStatus.FORBIDDEN)
    except OtherTreeError as error:
        return Response(f"{error.size}\n", HTTPStatus.CONFLICT, {"Content-Type": _SIZE})
    except ProofError:
        return _no(HTTPStatus.UNPROCESSABLE_ENTITY)
    except (ConsentError, UnicodeDecodeError):
        return _no(HTTPStatus.BAD_REQUEST)


def _lines(keeper: Keeper, sent: Submission) -> str:
    """Return the signature lines alone; they are written as part of a note, which refuses what would not read back."""
    body = sent.note.rpartition("\n\n")[0] + "\n"
    return note(body, [keeper.cosigned(sent)]).removeprefix(f"{body}\n")


def _no(status: HTTPStatus) -> Response:
    return PlainTextResponse("", status)
