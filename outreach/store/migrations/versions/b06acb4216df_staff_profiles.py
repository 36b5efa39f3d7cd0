"""staff profiles."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import outreach.store.types


revision = 'b06acb4216df'
down_revision = '453275b88f84'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('staff', schema=None) as batch_op:
        batch_op.add_column(sa.Column('languages', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('sex', sqlmodel.sql.sqltypes.AutoString(length=20), server_default='not_asked', nullable=False))
        batch_op.add_column(sa.Column('child_trained', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('phone_sealed', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('alert_by', sqlmodel.sql.sqltypes.AutoString(length=5), server_default='sms', nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('staff', schema=None) as batch_op:
        batch_op.drop_column('alert_by')
        batch_op.drop_column('phone_sealed')
        batch_op.drop_column('child_trained')
        batch_op.drop_column('sex')
        batch_op.drop_column('languages')

