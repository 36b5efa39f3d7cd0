"""How sending stands, as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.table import Table

from outreach.delivery.status.standing import Standing
from outreach.planning.steering import scope_of

Rows = list[tuple[str, ...]]


def tables(now: Standing, called: Mapping[str, str]) -> Iterator[Table]:
    """The tables that have anything to show; the pace always. `called` names campaigns by their
    kill switches."""
    yield _table(
        "Pace (SMS parts, calls per second)",
        ("channel", "lately", "allowed", "limit"),
        [
            (p.channel, f"{p.live:.1f}", f"{p.allowed:.1f}", f"{now.limits[p.channel]:g}")
            for p in now.paces
        ],
    )
    queue: Rows = [
        (
            w.lane,
            w.channel,
            _campaign(w.campaign, called),
            w.state,
            f"{w.number:,}",
            _age(w.oldest_seconds),
        )
        for w in sorted(now.waiting, key=lambda w: (w.lane, w.campaign, w.channel, w.state))
    ]
    errors: Rows = [(t.state, t.error_class, t.code, f"{t.number:,}") for t in now.troubles]
    held = {held.process: held.number for held in now.leases}
    at_work: Rows = [
        (p.id, p.host, str(p.pid), "leads" if p.leads else "", f"{held.get(p.id, 0):,}")
        for p in now.processes
    ]
    for title, columns, rows in (
        ("Queue", ("lane", "channel", "campaign", "state", "number", "oldest due for"), queue),
        ("Errors of the last hour", ("state", "class", "code", "number"), errors),
        ("Processes", ("name", "host", "pid", "", "leases"), at_work),
    ):
        if rows:
            yield _table(title, columns, rows)


def _table(title: str, columns: tuple[str, ...], rows: Rows) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*row)
    return table


def _campaign(number: int, called: Mapping[str, str]) -> str:
    scope = scope_of(number)
    return called.get(scope, scope).partition(":")[2] if number else "–"


def _age(seconds: float) -> str:
    if not seconds:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min {rest} s"
