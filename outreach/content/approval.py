"""Two people approve what is said, before a live gateway gets it (S31)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from outreach.content.source import Problem, line_of

APPROVERS = ("language reader", "protection officer")


@dataclass(frozen=True)
class Approval:
    """`by` approved, as `role`, exactly what `digest` stands for."""

    role: str
    by: str
    digest: str


def read_approvals(path: Path, head: CommentedMap, problems: list[Problem]) -> tuple[Approval, ...]:
    """The list `approvals` of a file; adds a problem for one that says too little."""
    given = head.get("approvals") or []
    rows = [row if isinstance(row, dict) else {} for row in given]
    found = tuple(
        Approval(str(row.get("role", "")), str(row.get("by", "")), str(row.get("digest", "")))
        for row in rows
    )
    if any(item.role not in APPROVERS or not item.by for item in found):
        todo = f"Each has role ({' or '.join(APPROVERS)}), by and digest."
        problems.append(Problem(path, line_of(head, "approvals"), "An approval is unclear.", todo))
    return found


def covered(approvals: tuple[Approval, ...], digest: str) -> bool:
    """Whether both approvers, two different people, approved exactly this."""
    who = {item.role: item.by for item in approvals if item.digest == digest}
    return set(who) == set(APPROVERS) and len(set(who.values())) == len(APPROVERS)
