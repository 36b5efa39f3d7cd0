"""Processes, their leader, the shared pace, leases with an owner; PgQueuer's tables on PostgreSQL.

PgQueuer's own installer writes its tables, into a PostgreSQL schema of their own. When a newer
PgQueuer wants them changed, a test says so; then another migration runs `render_converge`.
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.domain.settings import DBSettings, Durability

import outreach.store.types


revision = '7ef161ba5264'
down_revision = 'fdcc261028a8'
branch_labels = None
depends_on = None

_JOBS = DBSettings(db_schema='jobs', durability=Durability.balanced)


def upgrade() -> None:
    op.create_table('leadership',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('holder', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('until', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('process',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('host', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('pid', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('started_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('sender_pace',
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.Column('free_at', sa.Float(), nullable=False),
    sa.Column('rate', sa.Float(), nullable=False),
    sa.Column('rate_at', sa.Float(), nullable=False),
    sa.Column('slowed_at', sa.Float(), nullable=False),
    sa.Column('window_at', sa.Float(), nullable=False),
    sa.Column('window_units', sa.Float(), nullable=False),
    sa.Column('live', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('channel')
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lease_by', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True))
        batch_op.drop_index(batch_op.f('ix_delivery_claim'))
        batch_op.create_index('ix_delivery_claim', ['state', 'channel', 'campaign_id', 'due_at', 'id'], unique=False)

    with op.batch_alter_table('help_delivery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lease_by', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True))

    if op.get_bind().dialect.name == 'postgresql':
        installer = QueryBuilderEnvironment(_JOBS).build_install_query()
        op.get_bind().exec_driver_sql(installer)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP SCHEMA jobs CASCADE')
    with op.batch_alter_table('help_delivery', schema=None) as batch_op:
        batch_op.drop_column('lease_by')

    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_delivery_claim')
        batch_op.create_index(batch_op.f('ix_delivery_claim'), ['state', 'channel', 'due_at'], unique=False)
        batch_op.drop_column('lease_by')

    op.drop_table('sender_pace')
    op.drop_table('process')
    op.drop_table('leadership')
