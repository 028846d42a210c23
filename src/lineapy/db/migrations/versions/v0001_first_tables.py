"""The first tables: sessions, their sources and graphs, stored values, artifacts and their version counters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "lineapy_session",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("python_version", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("working_directory", sa.Text, nullable=False),
        sa.Column("user_name", sa.Text, nullable=False),
        sa.Column("host_name", sa.Text, nullable=False),
        sa.Column("script_path", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_lineapy_session"),
        sa.CheckConstraint("kind IN ('SCRIPT', 'JUPYTER')", name="ck_lineapy_session_kind"),
    )
    op.create_table(
        "lineapy_source",
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "number", name="pk_lineapy_source"),
        sa.ForeignKeyConstraint(["session_id"], ["lineapy_session.id"], name="fk_lineapy_source_session_id"),
    )
    op.create_table(
        "lineapy_graph_part",
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "number", name="pk_lineapy_graph_part"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["lineapy_session.id"], name="fk_lineapy_graph_part_session_id"
        ),
    )
    op.create_table(
        "lineapy_stored_value",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("format", sa.String(64), nullable=False),
        sa.Column("location", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lineapy_stored_value"),
        sa.UniqueConstraint("location", "key", name="uq_lineapy_stored_value_location"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "lineapy_artifact_counter",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("last_version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lineapy_artifact_counter"),
    )
    op.create_table(
        "lineapy_artifact",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("date_created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("value_id", sa.Integer, nullable=False),
        sa.Column("value_type", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_lineapy_artifact"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["lineapy_session.id"], name="fk_lineapy_artifact_session_id"
        ),
        sa.ForeignKeyConstraint(
            ["value_id"], ["lineapy_stored_value.id"], name="fk_lineapy_artifact_value_id"
        ),
        sa.UniqueConstraint("name", "version", name="uq_lineapy_artifact_name"),
        sa.CheckConstraint("version >= 0", name="ck_lineapy_artifact_version"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lineapy_artifact_value_id", "lineapy_artifact", ["value_id"])
