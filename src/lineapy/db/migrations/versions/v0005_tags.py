"""Artifacts have notes and tags, and can be found by the files that their code used."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ESCAPED = "\ufffdjson:"

_artifact = sa.table("lineapy_artifact", sa.column("id", sa.Integer), sa.column("files", sa.Text))


def upgrade() -> None:
    """Add a column and two tables, and enter the files that are known already."""
    op.add_column("lineapy_artifact", sa.Column("notes", sa.Text))
    op.create_table(
        "lineapy_artifact_tag",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.Column("artifact_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", "tag", name="pk_lineapy_artifact_tag"),
        sa.ForeignKeyConstraint(
            ["artifact_id"], ["lineapy_artifact.id"], name="fk_lineapy_artifact_tag_artifact_id"
        ),
    )
    op.create_index("ix_lineapy_artifact_tag_artifact_id", "lineapy_artifact_tag", ["artifact_id"])
    file = op.create_table(
        "lineapy_artifact_file",
        sa.Column("artifact_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("artifact_id", "number", name="pk_lineapy_artifact_file"),
        sa.ForeignKeyConstraint(
            ["artifact_id"], ["lineapy_artifact.id"], name="fk_lineapy_artifact_file_artifact_id"
        ),
    )
    known = op.get_bind().execute(sa.select(_artifact.c.id, _artifact.c.files)).all()
    rows = [
        {"artifact_id": artifact, "number": number, "role": use["role"], "path": _storable(use["path"])}
        for artifact, files in known
        for number, use in enumerate(json.loads(files) if files else ())
    ]
    if rows:
        op.bulk_insert(file, rows)


def _storable(text: str) -> str:
    """As the tables keep what no database takes, such as names of files that are not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _ESCAPED + json.dumps(text)
    return _ESCAPED + json.dumps(text) if text.startswith(_ESCAPED) else text
