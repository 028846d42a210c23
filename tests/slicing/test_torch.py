"""torch: tensors that share memory, training, the default generator."""

from tests.notation import case, table

test_tensors = table(
    case(
        "a view shares memory",
        "a.tolist()",
        """
+ import torch
+ a = torch.zeros(4)
+ b = a[:2]
  c = torch.ones(2)
+ b.add_(1)
  c.mul_(3)
> target = a.tolist()
""",
    ),
    case(
        "a NumPy array shares memory, both ways",
        "(t.tolist(), n.tolist())",
        """
+ import numpy as np
+ import torch
+ n = np.zeros(3)
+ t = torch.from_numpy(n)
+ n[0] = 1
+ t[1] = 2
  other = torch.ones(2)
> target = (t.tolist(), n.tolist())
""",
    ),
    case(
        "a clone does not",
        "a.tolist()",
        """
+ import torch
+ a = torch.zeros(4)
  b = a.clone()
  b.add_(1)
> target = a.tolist()
""",
    ),
    case(
        "writing through data leaves the version counter as it is",
        "w.tolist()",
        """
+ import torch
+ def step(p):
+     p.data -= 1
+ w = torch.ones(3, requires_grad=True)
+ step(w)
> target = w.tolist()
""",
    ),
    case(
        "a function that only looks",
        "w.tolist()",
        """
+ import torch
  def size(p):
      return p.numel()
+ w = torch.ones(3)
  n = size(w)
> target = w.tolist()
""",
    ),
    case(
        "backward writes the gradients of the parameters",
        "w.grad.tolist()",
        """
+ import torch
+ w = torch.ones(3, requires_grad=True)
+ x = torch.arange(3.0)
+ loss = (w * x).sum()
+ loss.backward()
  n = w.numel()
> target = w.grad.tolist()
""",
    ),
)

test_training = table(
    case(
        "a loop of training",
        "total",
        """
+ import torch
+ from torch import nn
+ torch.manual_seed(0)
+ X = torch.randn(20, 2)
+ y = X.sum(dim=1, keepdim=True)
+ model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
+ opt = torch.optim.SGD(model.parameters(), lr=0.1)
+ loss_fn = nn.MSELoss()
  losses = []
+ for epoch in range(3):
+     opt.zero_grad()
+     loss = loss_fn(model(X), y)
+     loss.backward()
+     opt.step()
      losses.append(loss.item())
+ total = model(X).sum().item()
""",
        sound_only=True,
    ),
    case(
        "another model does not matter",
        "total",
        """
+ import torch
+ from torch import nn
+ torch.manual_seed(0)
+ model = nn.Linear(2, 1)
  frozen = torch.ones(2)
  frozen.mul_(2)
+ with torch.no_grad():
+     total = model(torch.ones(1, 2)).item()
""",
    ),
)

test_generator = table(
    case(
        "the seed and every draw up to the needed one",
        "b.tolist()",
        """
+ import torch
+ torch.manual_seed(1)
+ a = torch.rand(2)
  z = torch.zeros(2)
+ b = torch.rand(2)
  c = torch.rand(2)
> target = b.tolist()
""",
    ),
    case(
        "a function that seeds all",
        "b.tolist()",
        """
+ import random
+ import numpy as np
+ import torch
+ def set_seed(seed):
+     random.seed(seed)
+     np.random.seed(seed)
+     torch.manual_seed(seed)
  set_seed(0)
  a = torch.rand(2)
+ set_seed(1)
+ b = torch.rand(2)
> target = b.tolist()
""",
    ),
    case(
        "a generator of one's own",
        "b.tolist()",
        """
+ import torch
+ g = torch.Generator().manual_seed(4)
  x = torch.rand(2)
+ a = torch.rand(2, generator=g)
+ b = torch.rand(2, generator=g)
> target = b.tolist()
""",
    ),
    case(
        "the default type",
        "str(x.dtype)",
        """
+ import torch
+ torch.set_default_dtype(torch.float64)
+ x = torch.zeros(2)
> target = str(x.dtype)
""",
    ),
)
