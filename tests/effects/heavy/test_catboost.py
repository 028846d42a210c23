"""CatBoost."""

from __future__ import annotations

from tests.effects.trials import everything_known, needs
from tests.notation import case, table

test_catboost = needs("catboost")(
    everything_known(
        "catboost",
        """
import numpy as np, catboost
from catboost import CatBoostClassifier, CatBoostRegressor, Pool
X = np.random.RandomState(0).rand(60, 2); y = (X[:, 0] > 0.5).astype(int); w = np.ones(60)
args = {"iterations": 2, "verbose": 0, "thread_count": 1, "allow_writing_files": False}
model = CatBoostClassifier(**args).fit(X, y); model.save_model("a.cbm"); fresh = CatBoostClassifier(**args)
line = CatBoostRegressor(**args).fit(X, y); pool = Pool(X, y, weight=w)
""",
        arguments="X\n0\n[0, 1]\nw\ny",
        receivers={
            "CatBoost": "model",
            "CatBoostClassifier": "model",
            "CatBoostRegressor": "line",
            "Pool": "pool",
        },
        calls="""
    fresh.set_params(depth=3)
    fresh.load_model("a.cbm")  # maybe
    model.save_model("b.cbm")
    model.get_param("iterations")
    model.shrink(1)  # maybe
    model.set_scale_and_bias(2.0, 1.0)  # maybe
    model.set_leaf_values(model.get_leaf_values() * 2)  # maybe
    model.set_feature_names(["a", "b"])  # maybe
    model.set_probability_threshold(0.7)  # maybe
    pool.set_baseline(w)  # maybe
    pool.set_weight(y)  # maybe
    pool.set_group_id(np.sort(y))  # maybe
    pool.set_group_weight(w)  # maybe
    pool.set_feature_names(["a", "b"])  # maybe
    """,
    )
)

test_slices = table(
    case(
        "a saved model is loaded",
        "p",
        """
+ import numpy as np
+ from catboost import CatBoostRegressor, Pool
+ X = np.arange(80.0).reshape(40, 2)
+ pool = Pool(X, X[:, 0])
  pool.num_row()
+ model = CatBoostRegressor(iterations=2, verbose=0, thread_count=1, allow_writing_files=False)
+ model.fit(pool)
  model.predict(X)
+ model.save_model("a.cbm")
  model.get_all_params()
+ again = CatBoostRegressor()
+ again.load_model("a.cbm")
+ p = again.predict(X).tolist()
""",
    ),
    case(
        "what was measured is read from the folder that training writes",
        "text",
        """
+ import numpy as np
+ from catboost import CatBoostRegressor
+ X = np.arange(80.0).reshape(40, 2)
+ model = CatBoostRegressor(iterations=2, verbose=0, thread_count=1)
+ model.fit(X, X[:, 0])
  model.predict(X)
+ text = open("catboost_info/learn_error.tsv").read()
""",
    ),
)
