"""IATI activities are kept as they were published, beside the reports."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = 'f3a8c15d9e60'
down_revision = 'e6b92d4f07c1'
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
# As PostgreSQL calls what was not given a name.
_NAMES = {'uq': '%(table_name)s_%(column_0_N_name)s_key'}
_EDITION = 'uq_report_publication_edition'


def upgrade() -> None:
    with op.batch_alter_table('report_publication', naming_convention=_NAMES) as batch_op:
        batch_op.add_column(
            sa.Column('grant_slug', _TEXT(length=60), nullable=False, server_default='')
        )
        batch_op.alter_column('period', existing_type=_TEXT(length=10), type_=_TEXT(length=24))
        batch_op.drop_constraint('report_publication_period_edition_key', type_='unique')
        batch_op.create_unique_constraint(_EDITION, ['grant_slug', 'period', 'edition'])
    with op.batch_alter_table('report_publication', naming_convention=_NAMES) as batch_op:
        batch_op.alter_column('grant_slug', existing_type=_TEXT(length=60), server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM report_publication WHERE grant_slug != ''")
    with op.batch_alter_table('report_publication', naming_convention=_NAMES) as batch_op:
        batch_op.drop_constraint(_EDITION, type_='unique')
        batch_op.drop_column('grant_slug')
        batch_op.alter_column('period', existing_type=_TEXT(length=24), type_=_TEXT(length=10))
        batch_op.create_unique_constraint(
            'report_publication_period_edition_key', ['period', 'edition']
        )
