"""Serves the files that the handset pages need."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outreach.kernel.assets import page_files

_HOUR = 3600


def _files() -> dict[str, tuple[Traversable, str]]:
    own = resources.files(__package__) / "templates" / "handsets.css"
    return page_files() | {"handsets.css": (own, "text/css")}


def routes() -> list[Route]:
    """One route per file; each is read once."""
    contents = {name: (file.read_bytes(), kind) for name, (file, kind) in _files().items()}

    async def serve(request: Request) -> Response:
        found = contents.get(request.path_params["name"])
        if found is None:
            return Response(status_code=404)
        return Response(
            found[0], media_type=found[1], headers={"Cache-Control": f"max-age={_HOUR}"}
        )

    return [Route("/static/{name}", serve, methods=["GET"])]
