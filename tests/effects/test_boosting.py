"""XGBoost and LightGBM."""

from __future__ import annotations

from tests.effects.trials import everything_known

_DATA = """
import numpy as np
X = np.random.RandomState(0).rand(60, 2); y = (X[:, 0] > 0.5).astype(int); w = np.ones(60)
"""
_ARGUMENTS = """
X, y
X
d
d, 1
w
0
"b.json"
"""

test_xgboost = everything_known(
    "xgboost",
    _DATA
    + """
import xgboost, xgboost as xgb
d = xgb.DMatrix(X, label=y, weight=w); params = {"max_depth": 2, "nthread": 1}; seen = {}
booster = xgb.train(params, d, 2); booster.save_model("a.json"); booster.set_attr(note="a")
model = xgb.XGBClassifier(n_estimators=2, n_jobs=1).fit(X, y, eval_set=[(X, y)], verbose=False); other = booster.copy()
config = xgb.train({"max_depth": 3, "nthread": 1}, d, 1).save_config()
""",
    arguments=_ARGUMENTS,
    receivers={"Booster": "booster", "DMatrix": "d", "XGBModel": "model", "XGBClassifier": "model"},
    calls="""
    xgb.train(params, d, 2, evals=[(d, "d")], evals_result=seen, verbose_eval=False)
    xgb.train(params, d, 2, xgb_model="a.json")
    xgb.cv(params, d, 2)
    xgb.Booster(model_file="a.json")
    booster.update(d, 3)
    booster.boost(d, 2, grad=w - 1.5, hess=w)
    booster.set_param("max_depth", 4)
    booster.set_attr(note="b")
    booster.reset()  # maybe
    booster.load_config(config)  # maybe
    booster.load_model("a.json")  # maybe
    booster.save_model("b.json")
    model.load_model("a.json")
    model.save_model("b.json")
    booster.dump_model("b.txt")
    booster.eval_set([(d, "d")])
    booster.attr("note")
    d.set_info(label=w)  # maybe
    d.set_label(w)  # maybe
    d.set_weight(y)  # maybe
    d.set_base_margin(w)  # maybe
    d.set_group([60])  # maybe
    d.set_float_info("weight", w)  # maybe
    d.set_uint_info("group", np.array([60]))  # maybe
    d.get_float_info("label")
    d.get_uint_info("group_ptr")
    d.slice([0, 1])
    d.save_binary("b.bin")
    model.fit(X, 1 - y)
    model.fit(X, y, xgb_model="a.json")
    model.set_params(max_depth=5)
    """,
)

test_lightgbm = everything_known(
    "lightgbm",
    _DATA
    + """
import lightgbm, lightgbm as lgb
params = {"verbose": -1, "num_threads": 1, "deterministic": True, "objective": "binary"}; seen = {}
d = lgb.Dataset(X, y, params=params, free_raw_data=False).construct(); raw = lgb.Dataset(X, y, params=params)
valid = lgb.Dataset(X, y, reference=d, params=params).construct()
booster = lgb.train(params, d, 2, keep_training_booster=True); booster.save_model("a.txt")
model = lgb.LGBMClassifier(n_estimators=2, n_jobs=1, verbose=-1).fit(X, y); text = lgb.train(params, d, 1).model_to_string()
""",
    arguments=_ARGUMENTS,
    receivers={"Booster": "booster", "Dataset": "d", "LGBMModel": "model", "LGBMClassifier": "model"},
    calls="""
    lgb.train(params, raw, 2, valid_sets=[d], callbacks=[lgb.record_evaluation(seen)])
    lgb.train(params, d, 2, init_model="a.txt")
    lgb.cv(params, d, 2, callbacks=[lgb.record_evaluation(seen)])
    lgb.Booster(params, raw)
    lgb.Booster(model_file="a.txt")
    lgb.early_stopping(2)
    lgb.record_evaluation(seen)
    lgb.reset_parameter(learning_rate=[0.1])
    booster.reset_parameter({"learning_rate": 0.5})  # maybe
    booster.update()
    booster.add_valid(valid, "v")  # maybe
    booster.refit(X, y)  # maybe
    booster.rollback_one_iter()
    booster.set_leaf_output(0, 0, 7.0)
    booster.shuffle_models()  # maybe
    booster.free_dataset()  # maybe
    booster.set_train_data_name("t")  # maybe
    booster.model_from_string(text)
    booster.save_model("b.txt")
    booster.get_leaf_output(0, 0)
    booster.get_split_value_histogram(0)
    raw.construct()  # maybe
    d.set_field("weight", w)  # maybe
    raw.set_categorical_feature([0])  # maybe
    raw.set_feature_name(["a", "b"])  # maybe
    raw.set_label(w)  # maybe
    raw.set_weight(w)  # maybe
    raw.set_init_score(w)  # maybe
    raw.set_group([60])  # maybe
    raw.set_position(w)  # maybe
    raw.set_reference(d)  # maybe
    d.add_features_from(valid)  # maybe
    raw.save_binary("b.bin")
    d.get_field("label")
    d.feature_num_bin(0)
    d.subset([0, 1])
    model.fit(X, 1 - y)
    model.fit(X, y, init_model="a.txt")
    model.set_params(max_depth=5)
    """,
)
