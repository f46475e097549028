"""Routes that hand the request to their endpoint and the endpoint's answer to the server, and do nothing between.

FastAPI works out dependencies, parameters and a response model for each request. These endpoints read the request
themselves (`gateway.web.door`), so that work is spared them; the API description is made as ever.
"""

from collections.abc import Callable, Coroutine
from typing import Any  # noqa: TID251 - FastAPI says so in the signature that is overridden

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import override


class Direct(APIRoute):
    """A route whose endpoint takes the request and the ids in its path, and returns a response."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def handler(request: Request) -> Response:
            response: Response = await self.endpoint(request, **request.path_params)
            return response

        return handler
