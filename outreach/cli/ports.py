"""Checks an address before a server is started on it, so that the error is a sentence."""

from __future__ import annotations

import errno
import ipaddress
import socket
from typing import Annotated

import typer

from outreach.kernel.errors import Conflict, Refused

Port = Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65_535)]


def require_free(host: str, port: int) -> None:
    """Raises Conflict if something listens on the port already, Refused where only root may."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise Refused(
                    f"This user may not listen on port {port}.", remedy="Choose one from 1024 on."
                ) from error
            raise Conflict(
                f"Port {port} is in use.", remedy="Stop what uses it, or choose another --port."
            ) from error


def require_loopback_host(host: str) -> None:
    """Raises Refused unless `host` is this machine: the pages have no sign-in yet."""
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise Refused(
            f"The console has no sign-in yet, so it does not listen on {host}.",
            remedy="Use --host 127.0.0.1; put a proxy before it for the hooks alone.",
        )
