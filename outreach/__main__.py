"""The command line: composes the processes (serve, simulator) and hands the rest to cli."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from outreach.cli.main import app, reporting
from outreach.cli.ports import Port, require_free, require_loopback_host

if TYPE_CHECKING:
    from outreach.bootstrap import Runtime

_HOST = "127.0.0.1"
MetricsPort = Annotated[
    int,
    typer.Option(
        help="Show Prometheus metrics on this port, to this machine (0: don't).", min=0, max=65_535
    ),
]


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; this machine only.")] = _HOST,
    port: Port = 8000,
    metrics_port: MetricsPort = 0,
) -> None:
    """Run everything in one process: hooks and pages, schedules, and the sender."""
    # Imported here, as below: the small commands start without a web server.
    import uvicorn

    from outreach.web.app import create_app
    from outreach.worker.presence import Presence
    from outreach.worker.sending import sending

    require_loopback_host(host)
    require_free(host, port)
    with _running(metrics_port, hears=True) as runtime:
        presence = Presence(runtime, "serve")
        dispatcher = runtime.dispatcher(presence.who.id, presence.senders)
        around = partial(sending, runtime, dispatcher, presence)
        site = create_app(runtime, wake=dispatcher.wake, around=around)
        uvicorn.run(site, **_SERVER, host=host, port=port)


@app.command()
def web(
    host: Annotated[str, typer.Option(help="Address to listen on; this machine only.")] = _HOST,
    port: Port = 8000,
    metrics_port: MetricsPort = 0,
) -> None:
    """Run the hooks and pages alone, beside scheduler and workers (PostgreSQL)."""
    import uvicorn

    from outreach.web.app import create_app
    from outreach.worker.presence import Presence

    require_loopback_host(host)
    require_free(host, port)
    with _running(metrics_port, "web", hears=True) as runtime:
        site = create_app(runtime, around=Presence(runtime, "web").among_others)
        uvicorn.run(site, **_SERVER, host=host, port=port)


@app.command()
def scheduler(metrics_port: MetricsPort = 0) -> None:
    """Fire schedules and hand out work (PostgreSQL); where several run, one leads."""
    import uvloop

    from outreach.worker.split import schedule

    with _running(metrics_port, "scheduler") as runtime:
        uvloop.run(schedule(runtime))


@app.command()
def worker(metrics_port: MetricsPort = 0) -> None:
    """Send, and do what the scheduler hands out (PostgreSQL); as many as you like."""
    import uvloop

    from outreach.worker.split import send_and_work

    with _running(metrics_port, "worker") as runtime:
        uvloop.run(send_and_work(runtime))


@app.command()
def simulator(
    port: Port = 8100,
    seed: Annotated[int, typer.Option(help="Decides every outcome.")] = 1,
    trouble: Annotated[
        Path | None, typer.Option(help="JSON file of what goes wrong.", exists=True, dir_okay=False)
    ] = None,
) -> None:
    """Run the rehearsal network: a Twilio-compatible gateway with handsets, on this machine."""
    from outreach.bootstrap import open_clock_of
    from outreach.kernel import logs
    from outreach.settings import load_settings
    from outreach.simulator.config import NetworkConfig
    from outreach.simulator.server import run as run_simulator
    from outreach.simulator.trouble import Trouble, read_trouble

    settings = load_settings()
    logs.configure(settings.log_level)
    require_free(_HOST, port)
    config = NetworkConfig(
        seed=seed,
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        inbound_hook=f"{settings.public_url}/hooks/twilio/message",
        voice_hook=f"{settings.public_url}/hooks/twilio/voice",
        sender=settings.sender or "+855381280000",
        trouble=read_trouble(trouble.read_bytes()) if trouble else Trouble(),
    )
    run_simulator(config, open_clock_of(settings), port=port)


# Which proxy is believed is our setting, and not the server's guess.
_SERVER: dict[str, Any] = {"log_config": None, "access_log": False, "proxy_headers": False}


@contextmanager
def _running(metrics_port: int, split: str = "", *, hears: bool = False) -> Iterator[Runtime]:
    """The parts of a process that runs until it is told to stop; `split` names a command that is
    only a part of an installation, and one that `hears` takes in texts."""
    from outreach.bootstrap import build, holding_keys, metrics_of, require_split
    from outreach.hotline.inbound import get_ready
    from outreach.kernel import interpreter, logs
    from outreach.settings import load_settings

    # Ends like Ctrl-C, with all that has to be let go: the web server passes on what ended it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = load_settings()
    logs.configure(settings.log_level)
    if split:
        require_split(settings, split)
    if metrics_port:
        require_free(_HOST, metrics_port)
    runtime = build(settings)
    if metrics_port:
        metrics_of(runtime).serve(metrics_port)
    with holding_keys(runtime):
        if hears:
            get_ready(runtime.desk)
        interpreter.settle()
        yield runtime


def main() -> None:
    """The console entry point: errors become one message and an exit code, never a traceback."""
    reporting(app)


if __name__ == "__main__":
    main()
