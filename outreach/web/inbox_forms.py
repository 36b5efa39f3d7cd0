"""What the forms on a conversation's page do: each reads its fields and calls one use case."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from outreach.hotline.desk import Desk
from outreach.hotline.inbox import acting
from outreach.hotline.inbox.replying import Choice, reply
from outreach.hotline.inbox.worker import Worker
from outreach.hotline.referral import offering

Form = Mapping[str, str]
Act = Callable[[Desk, str, Worker, Form], None]


def choice(form: Form) -> Choice:
    """What the form of a reply, or of its draft, wants to be sent."""
    seen = form.get("seen", "")
    told = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1
    return Choice(form.get("name", ""), form.get("body", ""), told)


def _replied(desk: Desk, conversation: str, worker: Worker, form: Form) -> None:
    reply(desk, conversation, worker, choice(form), form.get("shown", ""))


def _offered(desk: Desk, conversation: str, worker: Worker, form: Form) -> None:
    offering.offer(
        desk,
        conversation,
        worker,
        form.get("service", ""),
        country=form.get("country", ""),
        chosen=form.get("chosen") == "yes",
        province=form.get("province", ""),
    )


def _followed(desk: Desk, conversation: str, worker: Worker, form: Form) -> None:
    referral, stage = form.get("referral", ""), form.get("stage", "")
    offering.step(desk, conversation, worker, referral, stage, form.get("outcome", ""))


# By the end of the form's address.
ACTS: dict[str, Act] = {
    "take": lambda desk, id_, worker, _form: acting.take(desk, id_, worker),
    "reply": _replied,
    "offer": _offered,
    "referral": _followed,
    "note": lambda desk, id_, worker, form: acting.note(desk, id_, worker, form.get("body", "")),
    "child": lambda desk, id_, worker, form: acting.set_child(
        desk, id_, worker, child=form.get("child") == "yes"
    ),
    "code": lambda desk, id_, worker, form: acting.set_code(
        desk, id_, worker, form.get("word", "")
    ),
    "hand-over": lambda desk, id_, worker, form: acting.hand_over(
        desk, id_, worker, form.get("to", ""), form.get("body", "")
    ),
    "release": lambda desk, id_, worker, _form: acting.release(desk, id_, worker),
    "close": lambda desk, id_, worker, form: acting.close(
        desk, id_, worker, form.get("outcome", "")
    ),
}
# Where the page goes on after an act; after any other one at what was said last.
SHOWN = {"offer": "services", "referral": "services"}
# After these the conversation is not the worker's any more.
GONE = frozenset({"hand-over", "release", "close"})
