"""Databases: what is written through one connection is read through another."""

from tests.notation import case, table

test_sqlite = table(
    case(
        "sqlite: by raw SQL",
        "rows",
        """
+ import sqlite3
+ con = sqlite3.connect("a.db")
  other = sqlite3.connect("b.db")
+ con.execute("CREATE TABLE t (a)")
  other.execute("CREATE TABLE t (a)")
+ con.execute("INSERT INTO t VALUES (1)")
+ con.commit()
+ rows = con.execute("SELECT a FROM t").fetchall()
  con.execute("INSERT INTO t VALUES (2)")
""",
    ),
    case(
        "sqlite: in memory, through a cursor",
        "rows",
        """
+ import sqlite3
+ con = sqlite3.connect(":memory:")
  other = sqlite3.connect(":memory:")
+ cur = con.cursor()
+ cur.execute("CREATE TABLE t (a)")
  other.execute("CREATE TABLE t (a)")
+ cur.execute("INSERT INTO t VALUES (1)")
+ rows = list(con.execute("SELECT a FROM t"))
""",
    ),
    case(
        "sqlite: read through another connection",
        "rows",
        """
+ import sqlite3
+ con = sqlite3.connect("a.db")
+ with con:
+     con.execute("CREATE TABLE t (a)")
+     con.execute("INSERT INTO t VALUES (1)")
+ con.close()
+ rows = sqlite3.connect("a.db").execute("SELECT a FROM t").fetchall()
""",
    ),
    case(
        "sqlite: in functions",
        "rows",
        """
+ import sqlite3
+ def put(n):
+     with sqlite3.connect("a.db") as con:
+         con.execute("CREATE TABLE IF NOT EXISTS t (a)")
+         con.execute("INSERT INTO t VALUES (?)", (n,))
+ def fetch():
+     return sqlite3.connect("a.db").execute("SELECT a FROM t").fetchall()
+ put(1)
  open("other", "w").close()
+ rows = fetch()
""",
    ),
    case(
        "sqlite: pandas",
        "x",
        """
+ import sqlite3
+ import pandas as pd
+ con = sqlite3.connect("a.db")
+ pd.DataFrame({"a": [1]}).to_sql("t", con)
+ x = pd.read_sql("SELECT a FROM t", con)
""",
    ),
    case(
        "sqlite: who only asks changes nothing",
        "rows",
        """
+ import sqlite3
+ con = sqlite3.connect(":memory:")
+ con.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)")
  print(con.execute("SELECT count(*) FROM t").fetchone())
  for row in con.execute("SELECT * FROM t"):
      print(row)
  def total():
      return con.execute("SELECT sum(a) FROM t").fetchone()
  y = total()
+ rows = con.execute("SELECT a FROM t").fetchall()
""",
    ),
    case(
        "sqlite: a row that was fetched is gone",
        "rows",
        """
+ import sqlite3
+ con = sqlite3.connect(":memory:")
+ con.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)")
+ cur = con.execute("SELECT a FROM t")
+ first = cur.fetchone()
  print(con.execute("SELECT count(*) FROM t").fetchone())
+ rows = cur.fetchall()
""",
    ),
    case(
        "sqlite: back to a savepoint",
        "rows",
        """
+ import sqlite3
+ con = sqlite3.connect(":memory:", isolation_level=None)
+ con.execute("CREATE TABLE t (a)")
+ con.execute("BEGIN")
+ con.execute("SAVEPOINT s")
+ con.execute("INSERT INTO t VALUES (1)")
+ con.execute("ROLLBACK TO s")
+ rows = con.execute("SELECT a FROM t").fetchall()
""",
    ),
    case(
        "sqlite: a function is made known by a function",
        "rows",
        """
+ import sqlite3
+ con = sqlite3.connect(":memory:")
+ def prepare(factor):
+     con.create_function("f", 1, lambda a: a * factor)
+ prepare(2)
+ rows = con.execute("SELECT f(3)").fetchall()
""",
    ),
    case(
        "sqlite: settings and temporary tables",
        "rows",
        """
+ import sqlite3
+ con = sqlite3.connect(":memory:")
+ con.execute("PRAGMA case_sensitive_like = 1")
+ con.execute("CREATE TEMP TABLE t AS SELECT 'a' AS a")
+ con.execute("ATTACH ':memory:' AS other")
+ rows = con.execute("SELECT a LIKE 'A' FROM t").fetchall()
""",
    ),
    case(
        "sqlite: the end of a block commits",
        "rows",
        """
+ import sqlite3
+ con = sqlite3.connect("a.db")
+ con.execute("CREATE TABLE t (a)")
+ con.execute("INSERT INTO t VALUES (1)")
+ with con:
+     pass
+ rows = sqlite3.connect("a.db").execute("SELECT a FROM t").fetchall()
""",
    ),
    case(
        "sqlite: rows are put in by a loop that goes unwatched",
        "rows",
        """
+ import sqlite3
+ con = sqlite3.connect("a.db")
+ other = sqlite3.connect("a.db")
+ con.execute("CREATE TABLE t (a)")
+ rows = []
+ for i in range(500):
+     con.execute("INSERT INTO t VALUES (?)", (i,))
+     con.commit()
+     rows.append(other.execute("SELECT count(*) FROM t").fetchone()[0])
""",
    ),
    case(
        "sqlite: a file is copied",
        "rows",
        """
+ import shutil
+ import sqlite3
+ con = sqlite3.connect("a.db")
+ con.execute("CREATE TABLE t (a)")
  con.commit()
+ shutil.copy("a.db", "b.db")
+ rows = sqlite3.connect("b.db").execute("SELECT name FROM sqlite_master").fetchall()
""",
    ),
)
