"""Hands out the description. It is made when it is first asked for, and is the same for everybody."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from types import ModuleType

from fastapi import APIRouter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from gateway.head_requests import answering_head
from gateway.web.headers import has_already
from gateway.web.problem_types import ProblemType
from gateway.web.problems import BadRequestError, of_document, problem
from schemas.documents import Json

_KEPT = "public, max-age=300"
_HTML = "text/html"
_KINDS = {kind.value: kind for kind in ProblemType}


@dataclass(frozen=True, slots=True)
class Page:
    """Bytes that everybody may keep, and the name of this version of them."""

    body: bytes
    media_type: str
    tag: str

    @classmethod
    def of(cls, body: bytes, media_type: str) -> "Page":
        """Name it by its content, which is about nobody."""
        return cls(body, media_type, sha256(body).hexdigest()[:32])

    def answered(self, request: Request, **headers: str) -> Response:
        """Answer with it, with 304 where the client has it, or with 400 to what is no entity tag."""
        kept = {"ETag": f'"{self.tag}"', "Cache-Control": _KEPT, **headers}
        try:
            if has_already(request.headers, self.tag):
                return Response(status_code=304, headers=kept)
        except BadRequestError as error:
            return of_document(error)
        return Response(self.body, headers=kept, media_type=self.media_type)


class _Made:
    """The description of an application, made when it is first asked for."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._document: dict[str, Json] | None = None
        self._pages: dict[str, Page] = {}

    def document(self, app: Starlette) -> dict[str, Json]:
        if self._document is None:
            from gateway.reference.document import describe, routes_of  # noqa: PLC0415 - only where somebody asks

            self._document = describe(routes_of(app.routes), self._version)
        return self._document

    def page(self, name: str, media_type: str, make: Callable[[], bytes]) -> Page:
        if name not in self._pages:
            self._pages[name] = Page.of(make(), media_type)
        return self._pages[name]


def router(version: str) -> APIRouter:
    """Make the routes; what they describe are all routes of the application they become a part of."""
    routes, made = APIRouter(tags=["reference"]), _Made(version)

    @routes.get("/openapi.json", operation_id="getDescription", summary="This description (OpenAPI 3.1)")
    async def described(request: Request) -> Response:
        """The same document as docs/openapi.json of the version that runs. It names no machine."""

        def make() -> bytes:
            return json.dumps(made.document(request.app), separators=(",", ":")).encode()

        return made.page("openapi", "application/json", make).answered(request)

    _for_people(routes, made)
    return answering_head(routes)


def _for_people(routes: APIRouter, made: _Made) -> None:
    """Make the pages, and the style sheet that they load."""

    @routes.get("/reference", operation_id="readReference", summary="This description as a page")
    async def reference(request: Request) -> Response:
        """Every operation, schema and problem on one page. It loads nothing from anywhere else and runs no script."""
        pages = _pages()
        page = made.page("reference", _HTML, lambda: pages.reference_page(made.document(request.app)))
        return page.answered(request, **{"Content-Security-Policy": pages.POLICY})

    @routes.get("/reference/problems/{code}", operation_id="readAboutProblem", summary="What a problem means")
    async def problem_page(request: Request, code: str) -> Response:
        """What it means, what to do about it, and how one looks; `code` of any problem leads here."""
        kind = _KINDS.get(code)
        if kind is None:
            return problem(404, "not_found")
        pages = _pages()
        page = made.page(kind, _HTML, lambda: pages.problem_page(kind))
        return page.answered(request, **{"Content-Security-Policy": pages.POLICY})

    @routes.get("/reference/reference.css", include_in_schema=False)
    async def style_sheet(request: Request) -> Response:
        return made.page("css", "text/css", _pages().style_sheet).answered(request)


def _pages() -> ModuleType:
    from gateway.reference import pages  # noqa: PLC0415 - only where somebody asks

    return pages
