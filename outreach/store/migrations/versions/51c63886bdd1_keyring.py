"""keyring."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types

revision = '51c63886bdd1'
down_revision = 'a50abd5cee28'
branch_labels = None
depends_on = None

def upgrade() -> None:
    op.create_table('key_holder',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('label', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('keys', sa.JSON(), nullable=False),
    sa.Column('seen_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('key_record',
    sa.Column('store', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('proof', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('since', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('removed_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('store', 'name')
    )

def downgrade() -> None:
    op.drop_table('key_record')
    op.drop_table('key_holder')
