"""Serves the files that the pages need, from installed packages and our own."""

from __future__ import annotations

import asyncio
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outreach.kernel.pages import FILE_SECONDS, page_files
from outreach.reach.rendering.letters import small_font


def static_routes() -> list[Route]:
    """One route for all files; each is read once."""
    folder = resources.files(__package__) / "templates"
    files = page_files({"outreach.css": folder / "outreach.css"})
    files["leave.js"] = ((folder / "leave.js").read_bytes(), "text/javascript")

    async def serve(request: Request) -> Response:
        name = request.path_params["name"]
        if name == "khmer.woff":
            found: tuple[bytes, str] | None = (await asyncio.to_thread(small_font), "font/woff")
        else:
            found = files.get(name)
        if found is None:
            return Response(status_code=404)
        headers = {"Cache-Control": f"max-age={FILE_SECONDS}"}
        return Response(found[0], media_type=found[1], headers=headers)

    return [Route("/static/{name}", serve, methods=["GET"])]
