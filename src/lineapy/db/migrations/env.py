"""Alembic's entry point: run the steps on the connection, and in the transaction, of `lineapy.db.schema`.

Unlike the usual env.py it configures no logging: the loggers are the user's.
"""

from __future__ import annotations

from alembic import context

from lineapy.db.schema import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()
