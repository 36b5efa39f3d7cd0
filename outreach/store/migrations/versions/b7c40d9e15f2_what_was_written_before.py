"""conversations of what was written before there were any; which texts tell a way back.

A site that is brought up to date holds texts and wishes to be called that opened no conversation, so
that no inbox shows them. Everybody who wrote or rang in the last 30 days (older words are about to be
emptied, S20) gets one that nobody has. Nobody is texted or called, and what has waited for days wakes
nobody within five minutes: staff have four hours from now.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from outreach.store.types import RowId, UtcDateTime

revision = 'b7c40d9e15f2'
down_revision = '2c9e4b7d1f58'
branch_labels = None
depends_on = None

_KEPT, _LOOK, _MANY = timedelta(days=30), timedelta(hours=4), 1_000
# As the rules were when this was written.
_URGENT = ("HELP", "CHILD")
_SOON = ("DEBT", "SHELTER", "POLICE", "LEGAL", "WAGES", "UNKNOWN")
_LEAVING, _QUIET = ("STOP", "EXIT"), ("START", "LANG")

_texts = sa.table(
    'help_inbound',
    *(sa.column(name, sa.LargeBinary()) for name in ('number_key', 'number_sealed')),
    *(sa.column(name, sa.String()) for name in ('intent', 'language')),
    sa.column('id', RowId), sa.column('at', UtcDateTime()),
)
_calls = sa.table(
    'call_back',
    *(sa.column(name, sa.LargeBinary()) for name in ('number_key', 'number_sealed')),
    sa.column('state', sa.String()), sa.column('asked_at', UtcDateTime()),
)
_conversations = sa.table(
    'help_conversation',
    *(sa.column(name, sa.LargeBinary()) for name in ('number_key', 'number_sealed', 'code_sealed')),
    *(sa.column(name, sa.String()) for name in ('public_id', 'state', 'language', 'assigned_to', 'outcome')),
    *(sa.column(name, UtcDateTime()) for name in ('opened_at', 'last_in_at', 'last_text_at', 'due_by')),
    sa.column('urgency', sa.Integer()), sa.column('replies', sa.Integer()), sa.column('child', sa.Boolean()),
)


def upgrade() -> None:
    # Not as a batch: that would write the table anew.
    op.add_column('wording', sa.Column('way_back', sa.Boolean(), server_default=sa.false(), nullable=False))
    now = datetime.now(UTC)
    found = _wrote(now - _KEPT)
    _rang(found, now - _KEPT)
    connection = op.get_bind()
    there = set(connection.execute(sa.select(_conversations.c.number_key)).scalars())
    rows = [row | {'due_by': now + _LOOK} for key, row in found.items() if key not in there]
    for start in range(0, len(rows), _MANY):
        connection.execute(_conversations.insert(), rows[start:start + _MANY])


def _wrote(since: datetime) -> dict[bytes, dict[str, Any]]:
    """The conversations of who wrote since then, by the fingerprint of the number."""
    t = _texts.c
    query = sa.select(_texts).where(t.at >= since, sa.func.length(t.number_sealed) > 0)
    found: dict[bytes, dict[str, Any]] = {}
    for text in op.get_bind().execute(query.order_by(t.at, t.id)):
        if text.intent in _LEAVING and text.number_key in found:
            found[text.number_key]['last_text_at'] = None
        if text.intent in _LEAVING or text.intent in _QUIET:
            continue
        urgency = 2 if text.intent in _URGENT else 1 if text.intent in _SOON else 0
        row = found.setdefault(text.number_key, _row(text, text.at))
        row['urgency'] = max(row['urgency'], urgency)
        row['child'] = row['child'] or text.intent == "CHILD"
        row['language'] = text.language or row['language']
        row['last_in_at'] = row['last_text_at'] = text.at
    return found


def _rang(found: dict[bytes, dict[str, Any]], since: datetime) -> None:
    """Adds who waited in vain to be called."""
    c = _calls.c
    query = sa.select(_calls).where(c.asked_at >= since, sa.func.length(c.number_sealed) > 0)
    for call in op.get_bind().execute(query.where(c.state.in_(('waiting', 'too_late')))):
        row = found.setdefault(call.number_key, _row(call, call.asked_at))
        row |= {
            'urgency': 2,
            'opened_at': min(row['opened_at'], call.asked_at),
            'last_in_at': max(row['last_in_at'], call.asked_at),
        }


def _row(came: Any, at: datetime) -> dict[str, Any]:
    return {
        'public_id': f'cv_{secrets.token_hex(16)}', 'number_key': came.number_key,
        'number_sealed': came.number_sealed, 'code_sealed': b'', 'state': 'new', 'urgency': 0,
        'child': False, 'language': '', 'assigned_to': '', 'outcome': '', 'replies': 0,
        'opened_at': at, 'last_in_at': at, 'last_text_at': None,
    }


def downgrade() -> None:
    # What was opened stays: from here on it is like any other conversation.
    with op.batch_alter_table('wording', schema=None) as batch_op:
        batch_op.drop_column('way_back')
