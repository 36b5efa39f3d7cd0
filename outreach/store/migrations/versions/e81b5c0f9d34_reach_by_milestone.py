"""sets of people are found by milestone and dimension"""

from __future__ import annotations

from alembic import op


revision = 'e81b5c0f9d34'
down_revision = 'c3f1d8a75e20'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('reach_people', schema=None) as batch_op:
        batch_op.create_index('ix_reach_people_asked', ['milestone', 'dimension', 'campaign_id', 'day'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('reach_people', schema=None) as batch_op:
        batch_op.drop_index('ix_reach_people_asked')
