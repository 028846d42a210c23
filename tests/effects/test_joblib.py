"""joblib."""

from __future__ import annotations

from tests.effects.trials import trials

test_joblib = trials(
    """
import joblib, numpy as np
model = {"weights": np.arange(9.0)}
joblib.dump(model, "a.joblib")
""",
    """
    joblib.dump(model, "b.joblib")
    joblib.dump(model, "b.joblib", compress=3)
    joblib.load("a.joblib")
    joblib.cpu_count()
    joblib.delayed(len)
    """,
)
