"""The demo: from nothing to people reached, answered and counted, on this machine alone."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time

from rich.console import Console

from outreach.kernel.errors import BadInput, OutreachError
from scripts.rehearsal.story import Story
from scripts.rehearsal.world import ROOT, World, fresh_world

_FEWEST, _MOST = 20, 20_000


def main() -> int:
    """Runs the story; the exit code says whether it was told to its end."""
    options = _options()
    # With --json the story goes to stderr, so that stdout holds the facts alone.
    console = Console(stderr=options.json, highlight=False, markup=False, soft_wrap=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _run(options, console)
    except OutreachError as error:
        print(f"scripts/demo: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        console.print("Stopped.")
        return 130
    return 0


def _run(options: argparse.Namespace, console: Console) -> None:
    began = time.monotonic()
    if not _FEWEST <= options.contacts <= _MOST:
        raise BadInput(f"--contacts takes {_FEWEST} to {_MOST}.")
    with fresh_world(ROOT / "var", options.port, options.seed) as world:
        story = Story(world, console.print, options.json, options.contacts, options.seed)
        imported = story.prepare()
        world.simulator.start()
        world.outreach.start()
        story.broadcast()
        story.answers()
        story.finish()
        found = story.facts(imported, began)
        if options.json:
            print(json.dumps(found, ensure_ascii=False), flush=True)
        if not options.once:
            _serve(world, console)


def _serve(world: World, console: Console) -> None:
    console.print(f"\nConsole   {world.console}/")
    console.print(f"Donors    {world.console}/donors")
    console.print(f"Handsets  {world.simulator.url}/   pick one up, read, text back")
    console.print("Ctrl-C ends it.")
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("Ended.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the story")
    parser.add_argument("--json", action="store_true", help="facts as JSON, last line of stdout")
    parser.add_argument("--contacts", type=int, default=500, help="how many people to register")
    parser.add_argument("--port", type=int, default=8000, help="port of the console")
    parser.add_argument("--seed", type=int, default=1, help="decides names, numbers and outcomes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
