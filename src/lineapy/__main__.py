"""``python -m lineapy`` is the ``lineapy`` command; ``python -m lineapy script.py`` runs a script traced."""

import sys

from lineapy.cli.main import COMMANDS, main

if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] not in COMMANDS and not sys.argv[1].startswith("-"):
        sys.argv.insert(1, "python")
    main()
