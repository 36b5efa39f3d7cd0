"""conversations and referrals."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = '453275b88f84'
down_revision = '99f448601d0c'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('help_conversation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('number_key', sa.LargeBinary(), nullable=False),
    sa.Column('number_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('code_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('urgency', sa.Integer(), nullable=False),
    sa.Column('child', sa.Boolean(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('assigned_to', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('replies', sa.Integer(), nullable=False),
    sa.Column('opened_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_in_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_text_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('due_by', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('looked_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('closed_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number_key'),
    sa.UniqueConstraint('public_id')
    )
    with op.batch_alter_table('help_conversation', schema=None) as batch_op:
        batch_op.create_index('ix_help_conversation_inbox', ['state', 'due_by'], unique=False)

    op.create_table('help_note',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('by', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('body_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('help_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_help_note_conversation_id'), ['conversation_id'], unique=False)

    op.create_table('help_referral',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('service', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('country', sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
    sa.Column('authority', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('chosen', sa.Boolean(), nullable=False),
    sa.Column('province', sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('by', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('offered_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('handed_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('closed_at', outreach.store.types.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('public_id')
    )
    with op.batch_alter_table('help_referral', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_help_referral_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_help_referral_province'), ['province'], unique=False)

    with op.batch_alter_table('help_audit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), server_default='', nullable=False))

    with op.batch_alter_table('help_delivery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('author', sqlmodel.sql.sqltypes.AutoString(length=40), server_default='', nullable=False))
        batch_op.create_index('ix_help_delivery_held', ['due_at'], unique=False, sqlite_where=sa.text('length(body_sealed) > 0'), postgresql_where=sa.text('length(body_sealed) > 0'))

    with op.batch_alter_table('help_inbound', schema=None) as batch_op:
        batch_op.create_index('ix_help_inbound_held', ['at'], unique=False, sqlite_where=sa.text('length(body_sealed) > 0'), postgresql_where=sa.text('length(body_sealed) > 0'))



def downgrade() -> None:
    with op.batch_alter_table('help_inbound', schema=None) as batch_op:
        batch_op.drop_index('ix_help_inbound_held', sqlite_where=sa.text('length(body_sealed) > 0'), postgresql_where=sa.text('length(body_sealed) > 0'))

    with op.batch_alter_table('help_delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_help_delivery_held', sqlite_where=sa.text('length(body_sealed) > 0'), postgresql_where=sa.text('length(body_sealed) > 0'))
        batch_op.drop_column('author')

    with op.batch_alter_table('help_audit', schema=None) as batch_op:
        batch_op.drop_column('reason')

    with op.batch_alter_table('help_referral', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_help_referral_province'))
        batch_op.drop_index(batch_op.f('ix_help_referral_conversation_id'))

    op.drop_table('help_referral')
    with op.batch_alter_table('help_note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_help_note_conversation_id'))

    op.drop_table('help_note')
    with op.batch_alter_table('help_conversation', schema=None) as batch_op:
        batch_op.drop_index('ix_help_conversation_inbox')

    op.drop_table('help_conversation')
