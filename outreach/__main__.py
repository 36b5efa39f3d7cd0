"""The command line: composes the processes (serve, simulator) and hands the rest to cli."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from outreach.cli.main import app, reporting
from outreach.cli.ports import require_free, require_loopback_host

_HOST = "127.0.0.1"


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; this machine only.")] = _HOST,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Run everything in one process: hooks and pages, schedules, and the sender."""
    # Imported here, as below: the small commands start without a web server.
    import uvicorn

    from outreach.bootstrap import build, holding_keys
    from outreach.kernel import logs
    from outreach.settings import load_settings
    from outreach.web.app import create_app
    from outreach.worker.sending import sending

    settings = load_settings()
    logs.configure(settings.log_level)
    require_loopback_host(host)
    require_free(host, port)
    runtime = build(settings)
    dispatcher = runtime.dispatcher()
    web = create_app(runtime, wake=dispatcher.wake, around=partial(sending, runtime, dispatcher))
    with holding_keys(runtime):
        uvicorn.run(web, host=host, port=port, log_config=None, access_log=False)


@app.command()
def simulator(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8100,
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


def main() -> None:
    """The console entry point: errors become one message and an exit code, never a traceback."""
    reporting(app)


if __name__ == "__main__":
    main()
