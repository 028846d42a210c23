"""Slices → functions → a Python module: what several artifacts need, made once, and handed from function to function.

The way through: `program` puts the slices of a session together as one program; `dependence` says which of its
statements must follow which; `definitions` and `parameters` take out what belongs to the module or to the caller;
`partition` divides the rest among functions; `calls` says what each of them takes, returns and is called with; `render`
writes it down.
"""
