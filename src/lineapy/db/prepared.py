"""Statements that are compiled once and then go straight to the driver.

SQLAlchemy takes 0.1 to 0.3 ms for each statement, many times what SQLite takes to run it. Saving runs ten of them, so
they are prepared: SQLAlchemy writes the SQL for the database at hand and says how to convert the values, once, and
running one costs what the driver costs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.engine import Dialect

from lineapy.errors import StoreError


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    #: In the order of the question marks; `None` where the driver takes parameters by name.
    order: Sequence[str] | None
    #: Values that the statement itself contains.
    constants: Mapping[str, object]
    required: frozenset[str]
    converters: Mapping[str, Callable[[Any], object]]

    def parameters(self, given: Mapping[str, object]) -> Any:
        assert self.required <= given.keys(), f"a parameter is missing for {self.sql}"
        values = {**self.constants, **given}
        try:
            for name, convert in self.converters.items():
                values[name] = convert(values[name])
        except ValueError as error:
            raise StoreError(
                f"The database cannot store this, and nothing of it was kept: {error}"
            ) from error
        return values if self.order is None else [values[name] for name in self.order]


class Prepared:
    """A statement that runs without SQLAlchemy's work on each execution.

    Args:
        statement: As for `Connection.execute`; `bindparam` stands for what changes.
        columns: For an INSERT, which columns it gives.

    Example:
        >>> from sqlalchemy import bindparam, create_engine, literal, select
        >>> double = Prepared(select(bindparam("number", type_=None, value=0) * literal(2)))
        >>> with create_engine("sqlite://").connect() as connection:
        ...     double.run(connection, number=21).fetchone()
        (42,)
    """

    def __init__(self, statement: ClauseElement, columns: Collection[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: dict[tuple[str, str], _Compiled] = {}

    def run(self, connection: Connection, /, **parameters: object) -> Any:
        """Run it; the driver's cursor has the answer.

        Args:
            connection: In a transaction.
            **parameters: By name.

        Raises:
            Exception: The driver's errors, not SQLAlchemy's.
            StoreError: A parameter is no value for its column.
        """
        compiled = self._for(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.execute(compiled.sql, compiled.parameters(parameters))
        return cursor

    def run_many(self, connection: Connection, rows: Collection[Mapping[str, object]]) -> None:
        """Run it for each row.

        Args:
            connection: In a transaction.
            rows: The parameters of each run.

        Raises:
            Exception: The driver's errors, not SQLAlchemy's.
            StoreError: A parameter is no value for its column.
        """
        if not rows:
            return
        compiled, cursor = self._for(connection.dialect), connection.connection.cursor()
        if len(rows) == 1:  # which saves PostgreSQL a round trip
            cursor.execute(compiled.sql, *[compiled.parameters(row) for row in rows])
        else:
            cursor.executemany(compiled.sql, [compiled.parameters(row) for row in rows])

    def insert(self, connection: Connection, /, **parameters: object) -> int:
        """Run an INSERT of one row and return the key that the database gave it.

        Args:
            connection: In a transaction.
            **parameters: By name.

        Raises:
            Exception: The driver's errors, not SQLAlchemy's.
            StoreError: A parameter is no value for its column.
        """
        cursor = self.run(connection, **parameters)
        # Where a database can answer an INSERT with the key, SQLAlchemy has made it do so.
        return int(cursor.fetchone()[0] if cursor.description else cursor.lastrowid)

    def _for(self, dialect: Dialect) -> _Compiled:
        key = (dialect.name, dialect.driver)
        if key not in self._compiled:
            self._compiled[key] = self._compile(dialect)
        return self._compiled[key]

    def _compile(self, dialect: Dialect) -> _Compiled:
        columns = None if self._columns is None else list(self._columns)
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=columns)
        processors = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        return _Compiled(
            sql=str(compiled),
            order=compiled.positiontup if compiled.positional else None,
            constants={name: bind.value for name, bind in compiled.binds.items() if not bind.required},
            required=frozenset(name for name, bind in compiled.binds.items() if bind.required),
            converters={name: convert for name, convert in processors.items() if convert is not None},
        )
