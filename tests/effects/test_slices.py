"""Slices through scripts in the style of libraries' tutorials."""

from __future__ import annotations

from tests.notation import case, table

test_networkx = table(
    case(
        "a graph is written and read",
        "x",
        """
+ import networkx as nx
+ g = nx.Graph()
+ g.add_edge(1, 2)
+ nx.write_edgelist(g, "a.txt")
  g.add_edge(2, 3)
+ h = nx.read_edgelist("a.txt")
+ h.add_node("c")
+ x = sorted(h.nodes)
""",
    ),
    case(
        "attributes and a path",
        "route",
        """
+ import networkx as nx
+ g = nx.path_graph(4)
  other = nx.complete_graph(3)
+ nx.set_edge_attributes(g, 2, "weight")
+ g.add_edge(0, 3, weight=1)
  ranks = nx.pagerank(other)
  other.remove_node(0)
+ route = nx.shortest_path(g, 0, 2, weight="weight")
""",
    ),
    case(
        "a random graph draws from the global generator",
        "edges",
        """
+ import random
+ import networkx as nx
+ random.seed(3)
+ first = nx.gnp_random_graph(5, 0.5)
+ g = nx.gnp_random_graph(5, 0.5)
  parts = list(nx.connected_components(first))
+ edges = sorted(g.edges)
""",
    ),
    case(
        "a generator clears the graph that it is given",
        "nodes",
        """
+ import networkx as nx
+ g = nx.Graph([(8, 9)])
+ nx.path_graph(3, create_using=g)
  nx.density(g)
+ nodes = sorted(g.nodes)
""",
    ),
    case(
        "a weight that is a function",
        "seen",
        """
+ import networkx as nx
+ g = nx.path_graph(3)
+ seen = []
+ def weight(a, b, data):
+     seen.append((a, b))
+     return 1
+ nx.eccentricity(g, weight=weight)
  nx.density(g)
""",
    ),
)

test_joblib = table(
    case(
        "a model is kept in a file",
        "x",
        """
+ import joblib
+ model = {"a": [1]}
+ joblib.dump(model, "a.joblib")
  model["a"].append(2)
+ x = joblib.load("a.joblib")
""",
    ),
    case(
        "arrays, in one of two files",
        "total",
        """
+ import joblib
+ import numpy as np
+ weights = np.arange(6.0)
+ weights[0] = 5
+ joblib.dump(weights, "a.joblib", compress=3)
  joblib.dump(weights, "b.joblib")
  weights[1] = 9
+ total = joblib.load("a.joblib").sum()
""",
    ),
)

test_pillow = table(
    case(
        "drawn, saved and opened",
        "x",
        """
+ from PIL import Image, ImageDraw
+ image = Image.new("L", (4, 4))
+ pen = ImageDraw.Draw(image)
+ pen.point((1, 1), 255)
+ image.putpixel((0, 0), 9)
? image.rotate(90)
+ image.save("a.png")
+ x = list(Image.open("a.png").tobytes())
""",
    ),
    case(
        "an opened image is read when a pixel is needed",
        "x",
        """
+ from PIL import Image
+ Image.new("L", (2, 2)).save("a.png")
+ im = Image.open("a.png")
+ im.paste(7, (0, 0, 1, 1))
+ x = list(im.tobytes())
""",
    ),
    case(
        "one picture is put into another",
        "x",
        """
+ from PIL import Image
+ page = Image.new("RGB", (4, 4))
+ stamp = Image.new("RGB", (2, 2), "red")
+ page.paste(stamp, (1, 1))
  stamp.putpixel((0, 0), (9, 9, 9))
  other = Image.new("RGB", (2, 2))
  other.thumbnail((1, 1))
+ x = list(page.tobytes())
""",
    ),
)

test_scipy = table(
    case(
        "a matrix that is overwritten",
        "m",
        """
+ import numpy as np
+ from scipy import linalg
+ m = np.asfortranarray([[1.0, 2.0], [3.0, 4.0]])
+ linalg.null_space(m, overwrite_a=True)
  linalg.norm(m)
""",
    ),
    case(
        "a filter, and a test of what it leaves",
        "p",
        """
+ import numpy as np
+ from scipy import signal, stats
+ wave = np.sin(np.arange(40.0))
+ wave[3] = 2
+ b, a = signal.butter(2, 0.3)
+ smooth = signal.filtfilt(b, a, wave)
  peaks = signal.find_peaks(smooth)
  about = stats.describe(wave)
+ p = float(stats.ttest_1samp(smooth, 0).pvalue)
""",
    ),
    case(
        "random variables draw from the global generator",
        "x",
        """
+ import numpy as np
+ from scipy import stats
+ np.random.seed(1)
+ first = stats.norm.rvs(size=3)
  mean = stats.norm.mean()
+ x = stats.norm.rvs(size=2).tolist()
""",
    ),
    case(
        "a MATLAB file",
        "x",
        """
+ import numpy as np
+ from scipy import io
+ m = np.eye(2)
+ io.savemat("a.mat", {"m": m})
  io.savemat("b.mat", {"m": m})
  m[0] = 7
+ x = io.loadmat("a.mat")["m"].tolist()
""",
    ),
)

test_duckdb = table(
    case(
        "a table in memory",
        "x",
        """
+ import duckdb
+ con = duckdb.connect()
+ con.execute("create table t (a integer)")
+ con.execute("insert into t values (1), (2)")
  n = 3
+ x = con.execute("select sum(a) from t").fetchall()
""",
    ),
    case(
        "the default connection",
        "x",
        """
+ import duckdb
+ duckdb.sql("create table t as select 41 as a")
+ duckdb.execute("update t set a = a + 1")
  n = 3
+ x = duckdb.sql("select a from t").fetchall()
""",
    ),
    case(
        "a file",
        "x",
        """
+ import duckdb
+ con = duckdb.connect("a.db")
+ con.execute("create table t as select 1 as a")
+ con.close()
+ again = duckdb.connect("a.db")
+ x = again.execute("select * from t").fetchall()
""",
    ),
    case(
        "copied into a file",
        "x",
        """
+ import duckdb
+ duckdb.sql("copy (select 1 as a) to 'a.csv'")
+ x = open("a.csv").read()
""",
    ),
    case(
        "a relation written into a file, and read by name in SQL",
        "x",
        """
+ import duckdb
+ r = duckdb.sql("select 5 as a")
+ r.write_parquet("a.parquet")
+ x = duckdb.sql("select a from 'a.parquet'").fetchall()
""",
    ),
    case(
        "a data frame by its variable's name",
        "x",
        """
+ import duckdb, pandas as pd
+ df = pd.DataFrame({"a": [1, 2]})
+ df["a"] += 1
+ x = duckdb.sql("select sum(a) as s from df").fetchall()
""",
    ),
    case(
        "a registered frame",
        "x",
        """
+ import duckdb, pandas as pd
+ con = duckdb.connect()
+ df = pd.DataFrame({"a": [1, 2]})
+ con.register("view", df)
+ x = con.execute("select count(*) from view").fetchone()
""",
    ),
    case(
        "a lazy relation sees what its table is when it is run",
        "x",
        """
+ import duckdb
+ con = duckdb.connect()
+ con.execute("create table t as select 1 as a")
+ r = con.table("t")
+ con.execute("insert into t values (2)")
+ x = sorted(r.fetchall())
""",
    ),
)
