"""the sets of a dimension's values stand in one row

What was folded is not carried over: it is folded from the ledger again (`outreach reach rebuild`, or
piece by piece when the worker folds next).
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '2c9e4b7d1f58'
down_revision = '8a3e5d0f6c12'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _forget()
    op.drop_table('reach_people')
    op.create_table('reach_people', *_key(),
    sa.Column('lengths', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('contacts', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'campaign_id', 'milestone', 'dimension')
    )
    _index()


def downgrade() -> None:
    _forget()
    op.drop_table('reach_people')
    op.create_table('reach_people', *_key(),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('contacts', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'campaign_id', 'milestone', 'dimension', 'value')
    )
    _index()


def _forget() -> None:
    op.execute('DELETE FROM reach_count')
    op.execute('DELETE FROM reach_checkpoint')


def _key() -> list[sa.Column]:
    return [
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('campaign_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('milestone', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column('dimension', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    ]


def _index() -> None:
    with op.batch_alter_table('reach_people', schema=None) as batch_op:
        batch_op.create_index('ix_reach_people_asked', ['milestone', 'dimension', 'campaign_id', 'day'], unique=False)
