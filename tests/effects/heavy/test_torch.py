"""PyTorch."""

from __future__ import annotations

from tests.effects.trials import everything_known, needs

_SETUP = """
import numpy as np, torch, torch.optim.lr_scheduler as lrs
from torch import nn, distributions
from torch.nn import functional as F
from torch.utils import data
a = torch.tensor([[0.2, 0.4], [0.3, 0.7]]); b = torch.tensor([[0.5, 0.1], [0.6, 0.9]]); v = torch.tensor([0.2, 0.4])
u = torch.tensor([0.6, 0.8]); i = torch.tensor([1, 0]); j = torch.tensor([[0, 1], [1, 0]]); n = torch.tensor([6, 4])
c = torch.tensor([[-1.5, 2.5], [3.5, -4.5]]); m = torch.tensor([12, 10]); z = torch.tensor([1 + 2j, 3 - 1j])
mask = a > 0.35; sym = a @ a.T + torch.eye(2); cube = a[None].clone(); cube3 = torch.rand(3, 3, 3)
image = torch.rand(1, 1, 4, 4); wave = torch.rand(1, 1, 16); solid = torch.rand(1, 1, 4, 4, 4); three = torch.rand(2, 3)
sparse = torch.sparse_coo_tensor(torch.tensor([[0, 1], [1, 0]]), torch.tensor([0.2, 0.4]), (2, 2)).coalesce()
w = torch.tensor([0.3, 0.5], requires_grad=True); w.grad = torch.tensor([4.0, 5.0])
lin = nn.Linear(2, 2); lin(a).sum().backward(); norm = nn.BatchNorm1d(2)
seq = nn.Sequential(nn.Linear(2, 2)); many = nn.ModuleList([nn.Linear(2, 2)]); named = nn.ModuleDict({"a": nn.Linear(2, 2)})
held = nn.ParameterList([nn.Parameter(torch.ones(1))]); other = nn.Linear(2, 2).state_dict(); frozen = nn.Linear(2, 2).eval()
opt = torch.optim.SGD([w], lr=0.1, momentum=0.9); scheduler = lrs.StepLR(opt, 1); opt.step(); one = torch.tensor([0.0])
dist = distributions.Normal(torch.tensor(0.0), torch.tensor(1.0)); gen = torch.Generator(); pairs = data.TensorDataset(a, i)
loss = (w * w).sum(); mid = w * 2; lu, pivots = torch.linalg.lu_factor(sym)
torch.save(a, "a.pt"); state = torch.optim.SGD([w], lr=0.5, momentum=0.1).state_dict(); steps = {"last_epoch": 7}; rng = torch.get_rng_state()
"""
_ARGUMENTS = """
a
c
a, b
c, c
v, u
a, 0
0
1
2
0.5
v
b
i, i
n
n, n
m, n
0, 1
a, 0, 1
cube, cube
cube3, cube3
cube
sym
sym, sym
a, i
a, j
[a, b]
w
[w]
opt
opt, 2
opt, 0.5
image, 2
wave, 2
solid, 2
image, image
a, v
a, (2,)
2, 2
1, 1, 1
2, 1, 1
2, 1
0, i, b
a, 0, i
a, 0, i, b
a, 0, i, 0.5
a, mask, b
a, mask
mask, b
mask
mask, 0.5
0, i, 0.5
0, j, b
a, 0, j, b
0, j
a, 0, j
0, i
0, j, b, "sum"
a, 0, j, b, "sum"
v, a, u
a, v, u
a, a, b
v, v, u
cube, cube, cube
0.5, a
1, 0, 0.5
a, 1, 0, 0.5
0, 0, 1
a, 0, 0, 1
0, (1, 2)
a, 0, (1, 2)
0, 1, 1
image, 1, 1
(2, 2), (1, 2)
(2,), 0.5
three, three, i
0, 2, (2,)
lin
"new", lin
"new", None
"weight"
other
state
steps
v, v, v
three, (3,)
i, a
2.0
pairs, 2
"""

test_torch = needs("torch")(
    everything_known(
        "torch",
        _SETUP,
        arguments=_ARGUMENTS,
        receivers={
            "Tensor": "a.clone()\nc.clone()\nv.clone()\nn.clone()\ncube.clone()\nmid\nimage",
            "Generator": "gen",
            "Module": "lin\nnorm\nfrozen",
            "Sequential": "seq",
            "ModuleList": "many",
            "ParameterList": "held",
            "ModuleDict": "named",
            "Optimizer": "opt",
            "LRScheduler": "scheduler",
            "Distribution": "dist",
        },
        calls="""
    torch.broadcast_to(v, (2, 2))
    torch.can_cast(torch.float, torch.int)
    torch.promote_types(torch.float, torch.int)
    torch.device("cpu")
    torch.dsplit(cube3, 3)
    torch.flip(a, (0,))
    a.flip(0)
    torch.from_numpy(np.ones(2))
    torch.frombuffer(bytearray(8), dtype=torch.int8)
    torch.addbmm(a, cube, cube)
    a.addbmm(cube, cube)
    a.addbmm_(cube, cube)
    torch.masked_fill(a, mask, 0.5)
    a.masked_fill(mask, 0.5)
    F.group_norm(a, 1)
    torch.iinfo(torch.int8)
    torch.imag(z)
    torch.linspace(0, 1, 3)
    torch.logspace(0, 1, 3)
    torch.mvlgamma(m, 1)
    torch.permute(a, (1, 0))
    torch.polygamma(1, a)
    torch.reshape(a, (4,))
    torch.sparse_csr_tensor([0, 1, 2], [0, 1], [1.0, 2.0])
    torch.tile(a, (2,))
    torch.dropout(a, 0.5, True)
    torch.multinomial(v, 1)
    torch.randint(3, (2,))
    torch.load("a.pt")
    torch.save(a, "b.pt")
    torch.set_default_dtype(torch.float64)
    torch.set_printoptions(precision=2)
    torch.set_default_device("meta")
    torch.set_grad_enabled(False)
    torch.set_float32_matmul_precision("medium")
    torch.use_deterministic_algorithms(True)
    torch.set_rng_state(rng)
    a.as_strided_((2,), (1,))
    a.as_strided((2,), (1,))
    z.conj_physical_()
    c.double().float_power_(2)
    n.gcd_(m)
    n.lcm_(m)
    a.index_put_((i,), v)
    a.index_put((i,), v)
    a.index_reduce_(0, i, b, "prod")
    torch.tensor([float("nan")]).nan_to_num_()
    a.renorm_(1, 0, 0.5)
    a.scatter_reduce_(0, j, b, "sum")
    a.share_memory_()  # maybe
    a.apply_(abs)  # maybe
    a.map_(b, max)
    a.map2_(b, b, lambda x, y, z: 0)
    v[0].__format__("")
    torch.ones(2, 3).cross(torch.ones(2, 3))
    torch.cross(torch.ones(2, 3), torch.ones(2, 3))
    v[0].is_nonzero()
    v[0].item()
    a.new_full((2,), 1)
    a.nonzero_static(size=2)
    a.unfold(0, 1, 1)
    a.where(mask, b)
    torch.where(mask, a, b)
    gen.set_state(torch.Generator().manual_seed(7).get_state())
    torch.linalg.lu_solve(lu, pivots, sym)
    torch.linalg.multi_dot([a, b])
    torch.linalg.solve_triangular(sym, sym, upper=True)
    torch.autograd.backward(loss)
    torch.autograd.grad(loss, [w])
    loss.backward()
    nn.AdaptiveLogSoftmaxWithLoss(2, 4, [2])
    nn.MultiheadAttention(2, 1)
    nn.TransformerDecoderLayer(2, 1)
    nn.TransformerEncoderLayer(2, 1)
    nn.GroupNorm(1, 2)
    nn.Unflatten(0, (1, 2))
    lin.requires_grad_(False)
    lin.zero_grad()
    lin.load_state_dict(other)
    lin.cpu()  # maybe
    lin.float()  # maybe
    lin.type(torch.float64)
    lin.share_memory()  # maybe
    lin.add_module("more", nn.Linear(2, 2))
    lin.register_module("more", nn.Linear(2, 2))
    lin.register_parameter("more", None)
    lin.register_buffer("more", a)
    lin.apply(lambda m: m.zero_grad())
    lin.get_submodule("")
    norm.get_buffer("running_mean")
    seq.append(nn.ReLU())
    seq.extend([nn.ReLU()])
    seq.insert(0, nn.ReLU())
    many.append(nn.ReLU())
    many.extend([nn.ReLU()])
    many.insert(0, nn.ReLU())
    held.append(nn.Parameter(v))
    held.extend([nn.Parameter(v)])
    named.update({"b": nn.ReLU()})
    named.pop("a")
    F.affine_grid(torch.ones(1, 2, 3), (1, 1, 2, 2))
    F.bilinear(a, a, torch.ones(1, 2, 2))
    F.conv1d(wave, torch.ones(1, 1, 2))
    F.conv2d(image, torch.ones(1, 1, 2, 2))
    F.conv3d(solid, torch.ones(1, 1, 2, 2, 2))
    F.conv_transpose1d(wave, torch.ones(1, 1, 2))
    F.conv_transpose2d(image, torch.ones(1, 1, 2, 2))
    F.cosine_embedding_loss(a, b, i)
    F.gaussian_nll_loss(a, b, b)
    F.grid_sample(image, torch.zeros(1, 2, 2, 2))
    F.fold(torch.ones(1, 4, 9), (4, 4), 2)
    F.unfold(image, 2)
    F.interpolate(image, 2)
    F.lp_pool1d(wave, 2, 2)
    F.lp_pool2d(image, 2, 2)
    F.margin_ranking_loss(v, u, torch.ones(2))
    F.multilabel_margin_loss(a, j)
    F.pad(a, (1, 1))
    F.pixel_shuffle(torch.ones(1, 4, 2, 2), 2)
    F.pixel_unshuffle(image, 2)
    F.prelu(a, v[:1])
    F.triplet_margin_loss(a, b, c)
    F.scaled_dot_product_attention(cube, cube, cube)
    F.batch_norm(a, v, u, training=True)
    F.embedding(i, a, max_norm=0.1)
    F.embedding_bag(i[None], a)
    nn.init.calculate_gain("relu")
    nn.init.constant_(a, 3)
    nn.init.sparse_(a, 0.5)
    nn.utils.clip_grad_value_([w], 0.1)
    nn.utils.clip_grad_norm_([w], 0.1)
    nn.utils.rnn.pack_padded_sequence(cube3, [3, 2, 1])
    nn.utils.rnn.pad_packed_sequence(nn.utils.rnn.pack_sequence([v]))
    opt.step()
    scheduler.step()
    opt.add_param_group({"params": [torch.ones(1)]})
    lrs.ChainedScheduler([scheduler])
    lrs.CyclicLR(opt, 0.1, 0.2)
    lrs.LambdaLR(opt, abs)
    lrs.MultiplicativeLR(opt, abs)
    lrs.MultiStepLR(opt, [2])
    lrs.OneCycleLR(opt, 0.2, 9)
    lrs.SequentialLR(opt, [lrs.StepLR(opt, 1), lrs.StepLR(opt, 1)], [2])
    data.BatchSampler([1, 2], 1, False)
    data.WeightedRandomSampler([1.0], 1)
    data.default_collate([v, u])
    data.random_split(pairs, [1, 1])
    distributions.kl_divergence(dist, dist)
    distributions.Binomial(3, v)
    distributions.Uniform(v, u)
    distributions.MultivariateNormal(v, sym)
    """,
    )
)
