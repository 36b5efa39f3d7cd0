"""The page on conversations tells the times that the rules have, and they fit each other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from outreach.hotline.rules import answer, calling, escalation, menu
from outreach.hotline.rules.urgency import LOOK_WITHIN, Urgency
from outreach.settings import Settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "hotline.md").read_text("utf-8")
REPLY = timedelta(minutes=Settings.model_fields["reply_minutes"].default)
TIMES = [
    answer.ANSWER_WITHIN,
    answer.LOOP_WINDOW,
    REPLY,
    *(LOOK_WITHIN[hurry] for hurry in sorted(Urgency, reverse=True)),
    calling.CALL_WITHIN,
    escalation.CALL_BACK_AFTER,
    escalation.ALERT_AFTER,
    escalation.STEP,
    escalation.GATHER,
    escalation.PAUSE,
    menu.KEPT,
]


def test_every_time_is_told() -> None:
    rows = PAGE.split("## The times\n")[1].split("\n## ")[0].splitlines()
    told = [line.split("|")[2].strip() for line in rows if line.startswith("|")][2:]
    assert told == [f"{time // timedelta(minutes=1)} min" for time in TIMES]


def test_what_may_be_a_plea_is_looked_at_while_it_may_be_answered() -> None:
    least = timedelta(minutes=15)  # the setting's own
    assert LOOK_WITHIN[Urgency.URGENT] < LOOK_WITHIN[Urgency.SOON] < least <= REPLY
    assert escalation.CALL_BACK_AFTER < calling.CALL_WITHIN
