"""An artifact knows the files that its code read and wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column. Of artifacts saved earlier, nothing is known."""
    op.add_column("lineapy_artifact", sa.Column("files", sa.Text))
