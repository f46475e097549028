"""An agency's system that takes whatever it is brought and counts it: as little work as HTTP allows."""

from collections.abc import Awaitable, Callable, Mapping

from served import COUNTED

_Receive = Callable[[], Awaitable[Mapping[str, object]]]
_Send = Callable[[Mapping[str, object]], Awaitable[None]]


def app() -> Callable[[Mapping[str, object], _Receive, _Send], Awaitable[None]]:
    """Return the application."""
    taken = [0]

    async def answer(scope: Mapping[str, object], receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            return
        asked = scope["path"] == COUNTED
        while (await receive()).get("more_body"):
            pass
        if not asked:
            taken[0] += 1
        body = f'{{"commits": 0, "items": {taken[0]}}}'.encode() if asked else b""
        length = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200 if asked else 201, "headers": length})
        await send({"type": "http.response.body", "body": body})

    return answer
