"""alerts hold references of ours alone: the gateway's ids lead to numbers and words there."""

from __future__ import annotations

from alembic import op


revision = 'a1c47e90b3d2'
down_revision = 'f3a8c15d9e60'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE staff_alert SET reference = ''"
        " WHERE substr(reference, 1, 3) NOT IN ('re_', 'in_')"
    )


def downgrade() -> None:
    """What was forgotten stays so."""
