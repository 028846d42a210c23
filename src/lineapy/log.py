"""LineaPy's log file. The user's own logging is left alone: nothing goes to it, and none of its handlers is touched."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import TextIOWrapper

    from lineapy.config import Config

_logger = logging.getLogger("lineapy")


def write_to_file(config: Config) -> None:
    """Send what LineaPy logs to the file that the options name; to no other from then on.

    The file, and its folder, are made when there is a first line for it.

    Args:
        config: The options.

    Example:
        >>> import tempfile
        >>> from lineapy.config import Config
        >>> config = Config.from_environment(home_dir=tempfile.mkdtemp())
        >>> write_to_file(config)
        >>> config.logging_file.exists()
        False
        >>> logging.getLogger("lineapy").info("first line")
        >>> config.logging_file.exists()
        True
    """
    for handler in [handler for handler in _logger.handlers if isinstance(handler, _LogFile)]:
        _logger.removeHandler(handler)
        handler.close()
    _logger.addHandler(_LogFile(config.logging_file))
    _logger.setLevel(config.logging_level)
    # A script that logs its own work to the terminal must not show ours there.
    _logger.propagate = False


class _LogFile(logging.FileHandler):
    """A log that never stops a program: where it cannot be written, nothing is."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", errors="backslashreplace", delay=True)
        self.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))

    def _open(self) -> TextIOWrapper:
        try:
            os.makedirs(os.path.dirname(self.baseFilename), exist_ok=True)
            return super()._open()
        except OSError:
            return open(os.devnull, "w", encoding="utf-8")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging calls it so
        """A full disk is reported where it matters: by what cannot be saved."""
