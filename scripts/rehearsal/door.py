"""The rehearsal's own call-back number: no service is verified by its owner yet (S33), so the line
that answers name to whoever says where they are is a fictional one of ours."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from datetime import date, timedelta
from pathlib import Path

from outreach.content.approval import APPROVERS
from outreach.content.directory import COLUMNS

# No operator has this range; the rehearsal's network is on this machine.
DOOR = "+855381280009"
# By the day of any live clock it has expired, so that it is given in a rehearsal only.
_LASTS = timedelta(days=14)


def campaigns_with_door(shipped: Path, folder: Path, today: date) -> Path:
    """A copy of what is `shipped` under `folder`, whose directory holds that one line, verified
    `today` and approved."""
    made = folder / "campaigns"
    shutil.copytree(shipped, made)
    text = _directory(today)
    digest = hashlib.sha256(text.encode()).hexdigest()
    (made / "directory" / "services.csv").write_text(text, "utf-8")
    lines = [f"- {{role: {role}, by: rehearsal {role}, digest: {digest}}}" for role in APPROVERS]
    told = "\n".join(("approvals:", *lines, ""))
    (made / "directory" / "approvals.yaml").write_text(told, "utf-8")
    return made


def _directory(today: date) -> str:
    line = dict.fromkeys(COLUMNS, "no") | {
        "id": "rehearsal-call-back",
        "country": "KH",
        "number": DOOR,
        "name": "Our call-back (fictional)",
        "category": "wages",
        "scope": "rehearsal only",
        "languages": "km en th vi",
        "hours": "always",
        "zone": "Asia/Phnom_Penh",
        "cost": "free",
        "authority": "none",
        "reachable_from": "KH TH VN KR",
        "verified_on": today.isoformat(),
        "expires_on": (today + _LASTS).isoformat(),
        "source": "scripts/rehearsal/door.py",
        "as_of": today.isoformat(),
        "confidence": "fictional",
        "enabled": "yes",
    }
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerow(line)
    return written.getvalue()
