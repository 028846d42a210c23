"""Slices through scripts in the style of tutorials: libraries that learn from data."""

from __future__ import annotations

from tests.notation import case, table

test_torch = table(
    case(
        "weights are set by hand, in place",
        "total",
        """
+ import torch
+ from torch import nn
+ torch.manual_seed(1)
+ net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
  other = nn.Linear(2, 2)
+ with torch.no_grad():
+     net[0].weight.fill_(0.5)
+     nn.init.zeros_(net[0].bias)
      other.weight.zero_()
  count = sum(p.numel() for p in net.parameters())
+ total = net(torch.ones(1, 2)).item()
""",
    ),
    case(
        "settings of what is printed, and the mode of another model, do not matter",
        "loss",
        """
+ import torch
+ from torch import nn
+ from torch.nn import functional as F
+ torch.manual_seed(0)
  torch.set_printoptions(precision=3)
+ x = torch.linspace(-1, 1, 8).unsqueeze(1)
+ y = x.pow(2)
+ net = nn.Linear(1, 1)
  frozen = nn.Sequential(nn.Linear(1, 1), nn.Dropout())
  frozen.eval()
+ opt = torch.optim.SGD(net.parameters(), lr=0.1)
  history = []
+ for step in range(3):
+     opt.zero_grad()
+     loss = F.mse_loss(net(x), y)
+     loss.backward()
+     opt.step()
      history.append(loss.item())
+ loss = loss.item()
""",
    ),
    case(
        "what a block prints is its own affair",
        "x",
        """
+ import torch
  torch.set_printoptions(precision=3)
+ y = torch.ones(2)
+ with torch.no_grad():
+     x = (y * 2).tolist()
      print(y)
""",
    ),
    case(
        "a model is saved, changed, and loaded again",
        "x",
        """
+ import torch
+ from torch import nn
+ torch.manual_seed(0)
+ net = nn.Linear(2, 1)
+ torch.save(net.state_dict(), "net.pt")
  nn.init.ones_(net.weight)
  torch.save(net.state_dict(), "ones.pt")
+ fresh = nn.Linear(2, 1)
+ fresh.load_state_dict(torch.load("net.pt"))
  net.eval()
+ x = fresh(torch.ones(1, 2)).item()
""",
    ),
    case(
        "a loader that shuffles draws from the generator",
        "first",
        """
+ import torch
+ from torch.utils.data import DataLoader, TensorDataset
+ torch.manual_seed(0)
+ pairs = TensorDataset(torch.arange(6.0), torch.arange(6.0) * 2)
+ loader = DataLoader(pairs, batch_size=2, shuffle=True)
  quiet = DataLoader(pairs, batch_size=3)
+ for xs, ys in loader:
      print(xs.mean())
> for xs, ys in loader:
>     pass
+ first = next(iter(loader))[0].tolist()
""",
        sound_only=True,
    ),
    case(
        "a scheduler changes its optimizer",
        "rate",
        """
+ import torch
+ w = torch.ones(1, requires_grad=True)
+ opt = torch.optim.SGD([w], lr=0.4)
+ scheduler = torch.optim.lr_scheduler.ExponentialLR(opt, gamma=0.5)
+ scheduler.step()
  scheduler.get_last_lr()
+ rate = opt.param_groups[0]["lr"]
""",
        sound_only=True,
    ),
    case(
        "running statistics",
        "mean",
        """
+ import torch
+ from torch import nn
+ norm = nn.BatchNorm1d(1)
+ norm(torch.arange(4.0).unsqueeze(1))
+ norm.eval()
  norm(torch.ones(2, 1))
+ mean = norm.running_mean.item()
""",
        sound_only=True,
    ),
)

test_xgboost = table(
    case(
        "a model is fitted again, saved and loaded",
        "p",
        """
+ import numpy as np
+ import xgboost as xgb
+ X = np.arange(40.0).reshape(20, 2)
+ y = (X[:, 0] > 15).astype(int)
+ model = xgb.XGBClassifier(n_estimators=2, n_jobs=1)
+ model.fit(X, y)
  model.predict(X)
+ model.set_params(max_depth=1)
+ model.fit(X, 1 - y)
+ model.save_model("a.json")
  other = xgb.XGBClassifier(n_estimators=1, n_jobs=1).fit(X, y)
  other.save_model("b.json")
+ again = xgb.XGBClassifier()
+ again.load_model("a.json")
+ p = again.predict_proba(X).sum(axis=0).tolist()
""",
    ),
    case(
        "a booster goes on learning",
        "dump",
        """
+ import numpy as np
+ import xgboost as xgb
+ X = np.arange(40.0).reshape(20, 2)
+ d = xgb.DMatrix(X, label=X[:, 0] > 15)
  d.num_row()
+ booster = xgb.train({"max_depth": 1, "nthread": 1}, d, 1)
  booster.predict(d)
+ booster.update(d, 1)
  booster.num_boosted_rounds()
+ dump = booster.get_dump()
""",
    ),
    case(
        "what was measured on the way",
        "last",
        """
+ import numpy as np
+ import xgboost as xgb
+ X = np.arange(40.0).reshape(20, 2)
+ d = xgb.DMatrix(X, label=X[:, 0])
+ seen = {}
+ booster = xgb.train({"nthread": 1}, d, 2, evals=[(d, "d")], evals_result=seen, verbose_eval=False)
  booster.save_model("a.json")
+ last = seen["d"]["rmse"][-1]
""",
    ),
)

test_lightgbm = table(
    case(
        "what was measured on the way by the other library",
        "last",
        """
+ import numpy as np
+ import lightgbm as lgb
+ X = np.arange(80.0).reshape(40, 2)
+ params = {"verbose": -1, "num_threads": 1, "min_data_in_leaf": 2}
+ data = lgb.Dataset(X, X[:, 0])
+ seen = {}
+ booster = lgb.train(params, data, 2, valid_sets=[data], callbacks=[lgb.record_evaluation(seen)])
  booster.feature_importance()
+ last = seen["training"]["l2"][-1]
""",
    ),
    case(
        "a saved model is trained further",
        "p",
        """
+ import numpy as np
+ import lightgbm as lgb
+ X = np.arange(80.0).reshape(40, 2)
+ y = X[:, 0]
+ params = {"verbose": -1, "num_threads": 1, "min_data_in_leaf": 2}
+ first = lgb.train(params, lgb.Dataset(X, y), 2)
+ first.save_model("a.txt")
  first.num_trees()
  lgb.train(params, lgb.Dataset(X, -y), 1).save_model("b.txt")
+ more = lgb.train(params, lgb.Dataset(X, y), 1, init_model="a.txt")
+ p = more.predict(X).tolist()
""",
    ),
    case(
        "one of two estimators",
        "p",
        """
+ import numpy as np
+ import lightgbm as lgb
+ X = np.arange(80.0).reshape(40, 2)
+ y = (X[:, 0] > 40).astype(int)
+ model = lgb.LGBMClassifier(n_estimators=2, n_jobs=1, verbose=-1)
  other = lgb.LGBMClassifier(n_estimators=3, n_jobs=1, verbose=-1)
+ model.fit(X, y)
  other.fit(X, y)
+ p = model.predict_proba(X).tolist()
""",
    ),
)
