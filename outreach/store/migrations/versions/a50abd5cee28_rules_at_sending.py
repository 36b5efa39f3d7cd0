"""rules at sending."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = 'a50abd5cee28'
down_revision = '7ef161ba5264'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('budget',
    sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('limit_micro', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('held_micro', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.PrimaryKeyConstraint('campaign_id')
    )
    op.create_table('corridor',
    sa.Column('origin', sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
    sa.Column('destination', sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('origin', 'destination')
    )
    op.create_table('notice',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('detail', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('first_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('seen_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_open', ['kind', 'scope'], unique=True, postgresql_where=sa.text('seen_at IS NULL'), sqlite_where=sa.text('seen_at IS NULL'))

    op.create_table('switch_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('action', sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('switch_event', schema=None) as batch_op:
        batch_op.create_index('ix_switch_event_scope', ['scope', 'at'], unique=False)

    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.add_column(sa.Column('error_class', sqlmodel.sql.sqltypes.AutoString(length=14), server_default='', nullable=False))

    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sending', sa.JSON(), server_default='{}', nullable=False))

    with op.batch_alter_table('help_attempt', schema=None) as batch_op:
        batch_op.add_column(sa.Column('error_class', sqlmodel.sql.sqltypes.AutoString(length=14), server_default='', nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('help_attempt', schema=None) as batch_op:
        batch_op.drop_column('error_class')

    with op.batch_alter_table('campaign', schema=None) as batch_op:
        batch_op.drop_column('sending')

    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.drop_column('error_class')

    with op.batch_alter_table('switch_event', schema=None) as batch_op:
        batch_op.drop_index('ix_switch_event_scope')

    op.drop_table('switch_event')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_open', postgresql_where=sa.text('seen_at IS NULL'), sqlite_where=sa.text('seen_at IS NULL'))

    op.drop_table('notice')
    op.drop_table('corridor')
    op.drop_table('budget')
