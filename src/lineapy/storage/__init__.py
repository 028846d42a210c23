"""Values as bytes on any fsspec location."""
