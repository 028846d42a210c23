"""plotly."""

from __future__ import annotations

from tests.effects.trials import trials
from tests.notation import case, table

_SETUP = """
import datetime
import pandas as pd
import plotly.express as px, plotly.graph_objects as go, plotly.io as pio
from plotly.subplots import make_subplots
fig = go.Figure(go.Scatter(x=[1, 2], y=[3, 4])); empty = go.Figure()
grid = make_subplots(rows=1, cols=2)
bar = go.Bar(x=[1], y=[2]); layout = {"title": {"text": "t"}}
df = pd.DataFrame({"a": [1, 2], "b": [3, 4], "c": ["x", "y"], "i": ["FRA", "ITA"]})
df["t"] = [datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 2)]; df["u"] = df["t"] + datetime.timedelta(1)
fig.write_json("a.json"); text = fig.to_json()
"""

test_what_changes_a_figure = trials(
    _SETUP,
    """
    fig.add_trace(bar)
    fig.add_traces([bar, bar])
    grid.add_trace(bar, row=1, col=2)
    fig.add_vline(1)
    fig.add_hline(1)
    fig.add_vrect(0, 1)
    fig.add_hrect(0, 1)
    fig.add_bar(x=[1], y=[2])
    fig.add_barpolar(r=[1])
    fig.add_box(y=[1])
    fig.add_candlestick(open=[1], close=[1], high=[1], low=[1])
    fig.add_choropleth(locations=["FRA"], z=[1])
    fig.add_contour(z=[[1]])
    fig.add_funnel(x=[1])
    fig.add_heatmap(z=[[1]])
    fig.add_histogram(x=[1])
    fig.add_histogram2d(x=[1], y=[1])
    fig.add_indicator(value=1)
    fig.add_ohlc(open=[1], close=[1], high=[1], low=[1])
    fig.add_parcoords(dimensions=[])
    fig.add_pie(values=[1])
    fig.add_sankey()
    fig.add_scatter(x=[1])
    fig.add_scatter3d(x=[1])
    fig.add_scattergeo(lat=[1])
    fig.add_scattergl(x=[1])
    fig.add_scatterpolar(r=[1])
    fig.add_sunburst(labels=["a"])
    fig.add_surface(z=[[1]])
    fig.add_table()
    fig.add_treemap(labels=["a"])
    fig.add_violin(y=[1])
    fig.add_waterfall(y=[1])
    fig.add_annotation(text="a")
    fig.add_shape(type="rect")
    fig.add_layout_image(source="a.png")
    fig.update_layout(layout)
    empty.set_subplots(1, 2)
    """,
)

test_what_changes_none = trials(
    _SETUP,
    """
    fig.to_dict()
    fig.to_json()
    fig.to_plotly_json()
    fig.to_ordered_dict()
    fig.to_html()
    fig.write_html("b.html")
    fig.write_json("b.json")
    grid.print_grid()
    grid.get_subplot(1, 1)
    pio.to_json(fig)
    pio.to_html(fig)
    pio.from_json(text)
    pio.write_json(fig, "b.json")
    pio.write_html(fig, "b.html")
    pio.read_json("a.json")
    make_subplots(rows=2)
    px.area(df, x="a", y="b")
    px.bar(df, x="a", y="b", color="c")
    px.bar_polar(df, r="a", theta="b")
    px.box(df, y="a")
    px.choropleth(df, locations="i", color="a")
    px.density_contour(df, x="a", y="b")
    px.density_heatmap(df, x="a", y="b")
    px.ecdf(df, x="a")
    px.funnel(df, x="a", y="c")
    px.funnel_area(df, names="c", values="a")
    px.histogram(df, x="a")
    px.icicle(df, path=["c"], values="a")
    px.imshow([[1, 2]])
    px.line(df, x="a", y="b", color="c", facet_col="c")
    px.line_3d(df, x="a", y="b", z="a")
    px.line_geo(df, locations="i")
    px.line_polar(df, r="a", theta="b")
    px.line_ternary(df, a="a", b="b", c="a")
    px.parallel_categories(df)
    px.parallel_coordinates(df)
    px.pie(df, names="c", values="a")
    px.scatter(df, x="a", y="b", size="a", hover_data={"c": True})
    px.scatter_3d(df, x="a", y="b", z="a")
    px.scatter_geo(df, locations="i")
    px.scatter_matrix(df, dimensions=["a", "b"])
    px.scatter_polar(df, r="a", theta="b")
    px.scatter_ternary(df, a="a", b="b", c="a")
    px.strip(df, y="a")
    px.sunburst(df, path=["c"], values="a")
    px.timeline(df, x_start="t", x_end="u", y="c")
    px.treemap(df, path=["c"], values="a")
    px.violin(df, y="a")
    """,
)

test_slices = table(
    case(
        "a figure is changed in place",
        "x",
        """
+ import plotly.graph_objects as go
+ fig = go.Figure()
+ fig.add_trace(go.Scatter(x=[1, 2], y=[3, 4]))
+ fig.update_layout(title="t")
  other = go.Figure()
  other.update_layout(title="o")
  text = fig.to_json()
+ x = fig.to_dict()
""",
    ),
    case(
        "a trace of a figure, and the figure as it is returned",
        "x",
        """
+ import plotly.graph_objects as go
+ fig = go.Figure()
+ same = fig.add_bar(x=[1], y=[2])
+ trace = fig.data[0]
+ trace.name = "first"
+ same.update_traces(selector=lambda t: t.name == "first", opacity=0.5)
  fig.write_json("a.json")
+ x = fig.to_dict()
""",
    ),
    case(
        "express",
        "x",
        """
+ import pandas as pd
+ import plotly.express as px
+ df = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
+ df["c"] = df["a"] * 2
+ fig = px.scatter(df, x="a", y="c")
+ fig.update_traces(marker_size=9)
  df["d"] = 4
  px.line(df, x="a", y="d")
+ x = fig.to_json()
""",
    ),
    case(
        "the default template",
        "x",
        """
+ import plotly.io as pio
+ import plotly.express as px
+ from plotly.subplots import make_subplots
  first = px.line(x=[1], y=[1])
+ pio.templates.default = "plotly_dark"
+ fig = px.line(x=[1, 2], y=[3, 4])
+ grid = make_subplots(rows=2)
+ x = [fig.layout.template.to_plotly_json(), grid.layout.template.to_plotly_json()]
""",
    ),
    case(
        "defaults of express",
        "x",
        """
+ import plotly.express as px
+ px.defaults.width = 300
+ fig = px.line(x=[1, 2], y=[3, 4])
+ x = fig.layout.width
""",
    ),
    case(
        "written as HTML",
        "x",
        """
+ import plotly.graph_objects as go
+ fig = go.Figure(go.Bar(x=[1], y=[2]))
+ fig.update_xaxes(title_text="n")
+ fig.write_html("a.html", div_id="d", include_plotlyjs=False)
  fig.write_json("a.json")
  fig.update_layout(title="later")
+ x = open("a.html").read()
""",
    ),
    case(
        "JSON",
        "x",
        """
+ import plotly.graph_objects as go
+ import plotly.io as pio
+ fig = go.Figure(go.Bar(x=[1], y=[2]))
+ pio.write_json(fig, "a.json")
  fig.add_bar(x=[2], y=[1])
+ x = pio.read_json("a.json").to_dict()
""",
    ),
)
