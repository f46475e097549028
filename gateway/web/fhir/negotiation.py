"""Which form of FHIR a client speaks and wants: JSON of R4, in UTF-8, and nothing else."""

import re
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final  # noqa: TID251 - FastAPI says so in the signature that is overridden

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from typing_extensions import override

from gateway.web import problems
from gateway.web.direct import Direct
from gateway.web.fhir.outcomes import challenged, spoken
from gateway.web.problems import BadRequestError

FORMATS: Final = frozenset({"json", "application/json", "application/fhir+json"})
"""What `_format`, and a client that accepts, may name."""

_FORMAT: Final = re.compile(r"(json|application/json|application/fhir[+ ]json)( *;.{0,100})?")
"""What `_format` looks like. A plus sign in a query is a blank to everybody but those who write it as it is."""

_ANY: Final = frozenset({"*/*", "application/*"})
_SENT: Final = frozenset({"application/json", "application/fhir+json"})
_VERSIONS: Final = frozenset({"4.0", "4.0.1"})
_ROOTS: Final = re.compile(r"/(Task|Consent)(?![A-Za-z])")


class FhirRoute(Direct):
    """A route that speaks FHIR: what its endpoint answers with a problem becomes an OperationOutcome."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        found = _ROOTS.search(self.path)
        root = found[1] if found else "Bundle"

        async def handler(request: Request) -> Response:
            try:
                check_forms(request)
            except BadRequestError as error:
                return spoken(problems.of_document(error), root)
            answered: JSONResponse = await self.endpoint(request, **request.path_params)
            return challenged(spoken(answered, root), request)

        return handler


def check_forms(request: Request) -> None:
    """Look at what the client sends and wants. Raises BadRequestError (415, 406); `_format` goes before Accept."""
    if request.method in {"POST", "PUT"}:
        media_type, parameters = _parsed(request.headers.get("content-type", ""))
        is_form = media_type == "application/x-www-form-urlencoded" and request.scope["path"].endswith("/_search")
        if not is_form and not (media_type in _SENT and _readable(parameters)):
            raise BadRequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type", "media_type")
    wanted = request.query_params.getlist("_format")
    if not all(map(_FORMAT.fullmatch, wanted)):
        raise BadRequestError(HTTPStatus.NOT_ACCEPTABLE, "_format", "media_type")
    named = [one.replace(" json", "+json") for one in wanted]
    if not any(map(_acceptable, named or ",".join(request.headers.getlist("accept")).split(","))):
        raise BadRequestError(HTTPStatus.NOT_ACCEPTABLE, "_format" if wanted else "Accept", "media_type")


def _acceptable(text: str) -> bool:
    media_type, parameters = _parsed(text)
    usable = not media_type or media_type in FORMATS or media_type in _ANY
    return usable and _readable(parameters) and parameters.get("q") not in {"0", "0.0", "0.00", "0.000"}


def _readable(parameters: dict[str, str]) -> bool:
    return parameters.get("charset", "utf-8") == "utf-8" and parameters.get("fhirversion", "4.0") in _VERSIONS


def _parsed(text: str) -> tuple[str, dict[str, str]]:
    media_type, *rest = (part.strip().lower() for part in text.split(";"))
    pairs = (part.partition("=") for part in rest)
    return media_type, {name.strip(): value.strip().strip('"') for name, _, value in pairs}
