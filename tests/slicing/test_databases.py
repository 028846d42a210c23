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
        "sqlite: a file is copied",
        "rows",
        """
+ import shutil
+ import sqlite3
+ con = sqlite3.connect("a.db")
+ con.execute("CREATE TABLE t (a)")
+ con.commit()
+ shutil.copy("a.db", "b.db")
+ rows = sqlite3.connect("b.db").execute("SELECT name FROM sqlite_master").fetchall()
""",
    ),
)
