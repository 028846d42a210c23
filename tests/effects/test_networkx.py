"""NetworkX."""

from __future__ import annotations

from tests.effects.trials import trials

_SETUP = """
import networkx as nx, scipy.sparse  # which pagerank imports otherwise
g = nx.Graph([(1, 2), (2, 3), (3, 1), (3, 4)]); d = nx.DiGraph([(1, 2), (2, 3)]); other = nx.Graph([(8, 9)])
for graph in (g, d, other):
    graph.nodes, graph.edges, graph.degree, graph.adj  # views, which a graph keeps once it was asked for them
d.in_degree, d.out_degree, d.in_edges, d.out_edges, d.pred, d.succ
"""

test_graphs = trials(
    _SETUP,
    """
    g.add_node(7)
    g.add_nodes_from([7, 8])
    g.remove_node(4)
    g.remove_nodes_from([4])
    g.add_edge(4, 5)
    g.add_edges_from([(4, 5)])
    g.add_weighted_edges_from([(4, 5, 0.5)])
    g.remove_edge(3, 4)
    g.remove_edges_from([(3, 4)])
    g.update(edges=[(4, 5)])
    g.clear()
    g.clear_edges()
    nx.add_path(g, [5, 6])
    nx.add_star(g, [5, 6])
    nx.add_cycle(g, [5, 6])
    nx.set_node_attributes(g, 1, "weight")
    nx.set_edge_attributes(g, 1, "weight")
    """,
)

test_reading = trials(
    _SETUP,
    """
    g.has_node(1)
    g.has_edge(1, 2)
    g.neighbors(1)
    g.get_edge_data(1, 2)
    g.number_of_nodes()
    g.order()
    g.size()
    g.number_of_edges()
    g.nbunch_iter([1])
    g.is_multigraph()
    g.is_directed()
    g.copy()
    g.to_directed()
    g.to_undirected()
    g.subgraph([1, 2])
    g.edge_subgraph([(1, 2)])
    g.adjacency()
    d.has_successor(1, 2)
    d.has_predecessor(1, 2)
    d.successors(1)
    d.predecessors(2)
    d.reverse()
    """,
)

test_algorithms = trials(
    _SETUP,
    """
    nx.karate_club_graph()
    nx.connected_components(g)
    nx.is_connected(g)
    nx.number_connected_components(g)
    nx.node_connected_component(g, 1)
    nx.strongly_connected_components(d)
    nx.weakly_connected_components(d)
    nx.is_strongly_connected(d)
    nx.is_weakly_connected(d)
    nx.degree_centrality(g)
    nx.in_degree_centrality(d)
    nx.out_degree_centrality(d)
    nx.pagerank(g)
    nx.clustering(g)
    nx.average_clustering(g)
    nx.triangles(g)
    nx.transitivity(g)
    nx.density(g)
    nx.degree_histogram(g)
    nx.topological_sort(d)
    nx.is_directed_acyclic_graph(d)
    nx.ancestors(d, 3)
    nx.descendants(d, 1)
    nx.find_cliques(g)
    nx.core_number(g)
    nx.has_path(g, 1, 4)
    nx.is_tree(g)
    nx.is_forest(g)
    nx.is_bipartite(g)
    nx.isolates(g)
    nx.number_of_nodes(g)
    nx.number_of_edges(g)
    nx.get_node_attributes(g, "a")
    nx.get_edge_attributes(g, "a")
    nx.compose(g, other)
    nx.union(g, other)
    nx.disjoint_union(g, other)
    nx.difference(g, g)
    nx.complement(g)
    nx.nodes(g)
    nx.edges(g)
    nx.neighbors(g, 1)
    nx.degree(g)
    """,
)
