"""Larger libraries that read and write files without Python being asked to open them: ``make test-knowledge``."""

from __future__ import annotations

import importlib.util

import pytest

from tests.effects.trials import trials


def needs(*libraries: str) -> pytest.MarkDecorator:
    """Skip, and say so, where a library is not installed."""
    missing = [library for library in libraries if importlib.util.find_spec(library) is None]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}: make test-knowledge")


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

test_boosting = needs("xgboost", "lightgbm")(
    trials(
        """
import numpy as np, xgboost, lightgbm
X = np.random.RandomState(0).rand(40, 2); y = (X[:, 0] > 0.5).astype(int)
model = xgboost.XGBClassifier(n_estimators=2, n_jobs=1).fit(X, y); booster = model.get_booster()
light = lightgbm.train({"verbose": -1, "num_threads": 1}, lightgbm.Dataset(X, y), 2)
""",
        """
    booster.save_model("a.json")
    model.save_model("b.json")
    light.save_model("c.txt")
    """,
    )
)

test_torch = needs("torch")(
    trials(
        "import torch; x = torch.ones(2); torch.save(x, 'a.pt')",
        """
    torch.save(x, "b.pt")
    torch.load("a.pt")
    torch.manual_seed(3)
    torch.set_default_dtype(torch.float64)
    """,
    )
)
