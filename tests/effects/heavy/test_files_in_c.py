"""Larger libraries that read and write files without Python being asked to open them: ``make test-knowledge``."""

from __future__ import annotations

from tests.effects.trials import needs, trials

test_polars = needs("polars")(
    trials(
        "import polars as pl; df = pl.DataFrame({'a': [1, 2]}); df.write_csv('a.csv'); df.write_parquet('a.parquet')\nlazy = df.lazy()",
        """
    df.write_csv("b.csv")
    df.write_parquet("b.parquet")
    df.write_ipc("b.arrow")
    df.write_ndjson("b.ndjson")
    lazy.sink_csv("b.csv")
    pl.read_csv("a.csv")
    pl.scan_csv("a.csv")
    pl.read_parquet("a.parquet")
    pl.scan_parquet("a.parquet")
    """,
    )
)

test_opencv = needs("cv2")(
    trials(
        "import cv2, numpy as np; image = np.zeros((4, 4, 3), np.uint8); cv2.imwrite('a.png', image)",
        """
    cv2.imwrite("b.png", image)
    cv2.imread("a.png")
    """,
    )
)
