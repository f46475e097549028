"""Hands out the description. It is made when it is first asked for, and is the same for everybody."""

import json
from dataclasses import dataclass
from hashlib import sha256

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

_KEPT = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class Page:
    """Bytes that everybody may keep, and the name of this version of them."""

    body: bytes
    media_type: str
    tag: str

    @classmethod
    def of(cls, body: bytes, media_type: str) -> "Page":
        """Name it by its content, which is about nobody."""
        return cls(body, media_type, f'"{sha256(body).hexdigest()[:32]}"')

    def answered(self, request: Request, **headers: str) -> Response:
        """Answer with it, or with 304 where the client has it (RFC 9110 section 13.1.2)."""
        kept = {"ETag": self.tag, "Cache-Control": _KEPT, **headers}
        named = ",".join(request.headers.getlist("if-none-match")).split(",")
        if {self.tag, "*"} & {one.strip().removeprefix("W/") for one in named}:
            return Response(status_code=304, headers=kept)
        return Response(self.body, headers=kept, media_type=self.media_type)


def router(version: str) -> APIRouter:
    """Make the routes; what they describe are all routes of the application they become a part of."""
    routes = APIRouter(tags=["reference"])
    made: list[Page] = []

    @routes.get("/openapi.json", operation_id="getDescription", summary="This description (OpenAPI 3.1)")
    async def described(request: Request) -> Response:
        """The same document as docs/openapi.json of the version that runs. It names no machine."""
        if not made:
            from gateway.reference.document import describe, routes_of  # noqa: PLC0415 - only where somebody asks

            document = describe(routes_of(request.app.routes), version)
            made.append(Page.of(json.dumps(document, separators=(",", ":")).encode(), "application/json"))
        return made[0].answered(request)

    return routes
