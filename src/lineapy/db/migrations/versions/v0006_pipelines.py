"""Pipelines are kept: artifacts that are made together, with versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add two tables."""
    op.create_table(
        "lineapy_pipeline_counter",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("last_version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lineapy_pipeline_counter"),
    )
    op.create_table(
        "lineapy_pipeline",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("date_created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("user_name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_lineapy_pipeline"),
    )
