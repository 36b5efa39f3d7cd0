"""duty and alerts to staff."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = '334622c47048'
down_revision = 'b06acb4216df'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('alert_attempt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('delivery_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('sender', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('sid', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('error_code', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
    sa.Column('error_class', sqlmodel.sql.sqltypes.AutoString(length=14), server_default='', nullable=False),
    sa.Column('parts', sa.Integer(), nullable=False),
    sa.Column('body_digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('submitting_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('horizon_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('polled_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('played_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('play_seconds', sa.Integer(), nullable=True),
    sa.Column('heard_seconds', sa.Integer(), nullable=True),
    sa.Column('updated_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('public_id')
    )
    with op.batch_alter_table('alert_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alert_attempt_delivery_id'), ['delivery_id'], unique=False)
        batch_op.create_index('ix_alert_attempt_open', ['state', 'updated_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_alert_attempt_sid'), ['sid'], unique=False)

    op.create_table('alert_delivery',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.Column('zone', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('due_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('lease_until', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('lease_by', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('first_tried_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('updated_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('alert_delivery', schema=None) as batch_op:
        batch_op.create_index('ix_alert_delivery_claim', ['state', 'channel', 'due_at'], unique=False)
        batch_op.create_index('ix_alert_delivery_staff', ['staff_id', 'due_at'], unique=False)

    op.create_table('alert_receipt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('attempt_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('error_code', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
    sa.Column('at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('attempt_id', 'state')
    )
    op.create_table('duty_shift',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('zone', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('days', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('starts', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.Column('ends', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('duty_shift', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_duty_shift_staff_id'), ['staff_id'], unique=False)

    op.create_table('escalation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('due_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('told', sa.JSON(), nullable=False),
    sa.Column('last_told', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('rounds', sa.Integer(), nullable=False),
    sa.Column('began_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('next_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('kind', 'subject_id', 'due_at')
    )
    with op.batch_alter_table('escalation', schema=None) as batch_op:
        batch_op.create_index('ix_escalation_told', ['last_told', 'next_at'], unique=False)

    op.create_table('shift_taken',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('by', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('conversations', sa.Integer(), nullable=False),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.Column('alerts', sa.Integer(), nullable=False),
    sa.Column('moved', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('shift_taken', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shift_taken_at'), ['at'], unique=False)

    with op.batch_alter_table('staff_try', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_try_until'), ['until'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('staff_try', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_try_until'))

    with op.batch_alter_table('shift_taken', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shift_taken_at'))

    op.drop_table('shift_taken')
    with op.batch_alter_table('escalation', schema=None) as batch_op:
        batch_op.drop_index('ix_escalation_told')

    op.drop_table('escalation')
    with op.batch_alter_table('duty_shift', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_duty_shift_staff_id'))

    op.drop_table('duty_shift')
    op.drop_table('alert_receipt')
    with op.batch_alter_table('alert_delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_alert_delivery_staff')
        batch_op.drop_index('ix_alert_delivery_claim')

    op.drop_table('alert_delivery')
    with op.batch_alter_table('alert_attempt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_alert_attempt_sid'))
        batch_op.drop_index('ix_alert_attempt_open')
        batch_op.drop_index(batch_op.f('ix_alert_attempt_delivery_id'))

    op.drop_table('alert_attempt')
