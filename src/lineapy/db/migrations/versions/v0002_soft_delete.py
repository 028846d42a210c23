"""Artifacts that are deleted can be restored, saves can be told apart, and files can be removed while others save."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_artifact = sa.table(
    "lineapy_artifact",
    sa.column("id", sa.Integer),
    sa.column("name", sa.Text),
    sa.column("version", sa.Integer),
    sa.column("session_id", sa.String),
    sa.column("save_id", sa.String),
)


def upgrade() -> None:
    """Add columns, indexes and a table."""
    op.add_column("lineapy_artifact", sa.Column("deleted_at", sa.DateTime(timezone=True)))
    op.add_column("lineapy_artifact", sa.Column("save_id", sa.String(32)))
    _give_save_ids()
    op.create_index("uq_lineapy_artifact_save_id", "lineapy_artifact", ["save_id"], unique=True)
    for name, column, condition in (
        ("ix_lineapy_artifact_listed", "id", sa.text("deleted_at IS NULL")),
        ("ix_lineapy_artifact_deleted_at", "deleted_at", sa.text("deleted_at IS NOT NULL")),
    ):
        op.create_index(
            name, "lineapy_artifact", [column], postgresql_where=condition, sqlite_where=condition
        )
    op.create_table(
        "lineapy_removal",
        sa.Column("location", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("location", "key", name="pk_lineapy_removal"),
    )


def _give_save_ids() -> None:
    """Made from what an artifact is, so that two copies of one database go on knowing each other's artifacts."""
    connection = op.get_bind()
    column = _artifact.c
    rows = connection.execute(sa.select(column.id, column.name, column.version, column.session_id)).all()
    if rows:
        connection.execute(
            sa.update(_artifact).where(column.id == sa.bindparam("of")).values(save_id=sa.bindparam("given")),
            [{"of": row.id, "given": _save_id(row.session_id, row.name, row.version)} for row in rows],
        )


def _save_id(session_id: str, name: str, version: int) -> str:
    return hashlib.sha256(f"{session_id} {version} {name}".encode()).hexdigest()[:32]
