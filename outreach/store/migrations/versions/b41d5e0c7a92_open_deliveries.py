"""What is looked for every second among open deliveries has an index of those alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = 'b41d5e0c7a92'
down_revision = 'ffb247dfab31'
branch_labels = None
depends_on = None

_PENDING = sa.text("state = 'pending'")
_OPEN = sa.text("state IN ('pending', 'leased', 'trying')")


def upgrade() -> None:
    op.create_index('ix_delivery_expiry', 'delivery', ['state', 'expires_at'],
                    sqlite_where=_PENDING, postgresql_where=_PENDING)
    op.create_index('ix_delivery_open', 'delivery', ['broadcast_id', 'state'],
                    sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    op.drop_index('ix_delivery_open', 'delivery')
    op.drop_index('ix_delivery_expiry', 'delivery')
