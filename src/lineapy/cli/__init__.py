"""The ``lineapy`` command: one file per subcommand. Results go to standard output, messages to standard error."""
