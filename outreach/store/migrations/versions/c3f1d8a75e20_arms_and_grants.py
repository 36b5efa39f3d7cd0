"""arms of experiments, a column of the delivery; grants"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = 'c3f1d8a75e20'
down_revision = '334622c47048'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('grant_version',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slug', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('loaded_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('loaded_at', outreach.store.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('slug', 'version')
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('arm', sqlmodel.sql.sqltypes.AutoString(length=20), server_default='', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_column('arm')
    op.drop_table('grant_version')
