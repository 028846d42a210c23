"""SQLAlchemy: what a database holds is seen by whoever asks it, through whichever engine."""

from __future__ import annotations

from tests.effects.trials import trials
from tests.notation import case, table

test_statements = trials(
    """
import sqlalchemy as sa
meta = sa.MetaData(); users = sa.Table("users", meta, sa.Column("id", sa.Integer), sa.Column("n", sa.Integer)); other = sa.Table("other", meta, sa.Column("id", sa.Integer))
""",
    """
    sa.create_engine("sqlite://")
    sa.make_url("sqlite://")
    sa.text("select 1")
    sa.select(users)
    sa.insert(users)
    sa.update(users)
    sa.delete(users)
    sa.and_(users.c.id == users.c.n, other.c.id == users.c.id)
    sa.or_(users.c.id == users.c.n, other.c.id == users.c.id)
    """,
)

test_slices = table(
    case(
        "in memory",
        "x",
        """
+ from sqlalchemy import create_engine, text
+ engine = create_engine("sqlite://")
+ with engine.begin() as con:
+     con.execute(text("create table t (a integer)"))
+     con.execute(text("insert into t values (1)"))
+ with engine.connect() as con:
+     x = [tuple(r) for r in con.execute(text("select * from t"))]
""",
    ),
    case(
        "without a commit nothing is kept",
        "x",
        """
+ from sqlalchemy import create_engine, text
+ engine = create_engine("sqlite:///a.db")
+ con = engine.connect()
+ con.execute(text("create table t (a integer)"))
+ con.commit()
+ con.execute(text("insert into t values (1)"))
+ con.rollback()
  n = 3
+ x = con.execute(text("select count(*) from t")).scalar()
""",
    ),
    case(
        "pandas writes and reads a table",
        "x",
        """
+ import pandas as pd
+ from sqlalchemy import create_engine
+ engine = create_engine("sqlite:///a.db")
+ df = pd.DataFrame({"a": [1, 2]})
+ df.to_sql("t", engine, index=False)
  n = 3
? df["b"] = 2
+ x = pd.read_sql("select * from t", engine)["a"].tolist()
""",
    ),
    case(
        "two engines for one file",
        "x",
        """
+ import pandas as pd
+ from sqlalchemy import create_engine, text
+ one = create_engine("sqlite:///a.db")
+ with one.begin() as con:
+     con.execute(text("create table t (a integer)"))
+     con.execute(text("insert into t values (1)"))
+ two = create_engine("sqlite:///a.db")
+ x = pd.read_sql("select * from t", two)["a"].tolist()
""",
    ),
    case(
        "objects",
        "x",
        """
+ from sqlalchemy import create_engine, select
+ from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
+ class Base(DeclarativeBase):
+     pass
+ class User(Base):
+     __tablename__ = "user"
+     id: Mapped[int] = mapped_column(primary_key=True)
+     name: Mapped[str]
+ engine = create_engine("sqlite://")
+ Base.metadata.create_all(engine)
+ session = Session(engine)
+ u = User(name="ann")
+ session.add(u)
+ u.name = "eve"
+ session.commit()
  n = 3
+ x = session.scalars(select(User.name)).all()
""",
    ),
    case(
        "a table that is described, and then made",
        "x",
        """
+ import sqlalchemy as sa
+ engine = sa.create_engine("sqlite://")
+ meta = sa.MetaData()
+ users = sa.Table("users", meta, sa.Column("id", sa.Integer))
+ meta.create_all(engine)
+ with engine.begin() as con:
+     con.execute(sa.insert(users), [{"id": 1}, {"id": 2}])
+     con.execute(sa.update(users).where(users.c.id == 1).values(id=5))
? unused = sa.select(users.c.id)
+ with engine.connect() as con:
+     x = con.execute(sa.select(users.c.id).order_by("id")).scalars().all()
""",
    ),
)
