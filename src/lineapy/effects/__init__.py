"""What library calls do: the annotation format and its lookup. The knowledge itself is YAML, one file per library."""
