"""A database has an identity, which it leaves where it keeps values, so that gc of another one does not take them."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table, with its one row."""
    identity = op.create_table(
        "lineapy_identity",
        sa.Column("id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lineapy_identity"),
    )
    op.bulk_insert(identity, [{"id": uuid.uuid4().hex}])
