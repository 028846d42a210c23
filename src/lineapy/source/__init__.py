"""What the user wrote: scripts and cells, as statements with the names they read and bind. No I/O, no execution."""
