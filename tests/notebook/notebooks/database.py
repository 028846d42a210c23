# saves: rows total names
# %%
import sqlite3

# %%
connection = sqlite3.connect(":memory:")
connection.execute("create table stock (name text, amount integer)")
# %%
connection.executemany("insert into stock values (?, ?)", [("nail", 10), ("screw", 5)])
# %%
rows = connection.execute("select * from stock order by rowid").fetchall()
rows

# %%
connection.execute("update stock set amount = amount + 1 where name = 'nail'")
# %%
total = connection.execute("select sum(amount) from stock").fetchone()[0]
total

# %%
connection.execute("delete from stock where amount < 3")
# %%
names = [name for name, _ in rows]
names.append("end")
names
