"""inbound cursor."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = '7796ac80f099'
down_revision = '41805ca4e4e4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('help_cursor',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('seen_until', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )


def downgrade() -> None:
    op.drop_table('help_cursor')
