"""Files, directories, databases, the current directory, the environment: what outlives a statement and is no variable.

Each is a *resource*, with versions in the graph as variables have. What a statement does to them comes from the
interpreter's audit events, from open handles that count as changed, and from a few probes in module `os`.
"""
