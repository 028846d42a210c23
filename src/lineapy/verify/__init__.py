"""Does code, run again elsewhere, make the same value? Run it in a fresh interpreter, and compare."""

from __future__ import annotations

from lineapy.verify.compare import difference, same_value
from lineapy.verify.rerun import rerun

__all__ = ["difference", "rerun", "same_value"]
