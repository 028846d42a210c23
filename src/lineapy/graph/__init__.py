"""Who depends on whom: statements, variable versions and the edges between them. Topology only."""
