# artifacts: plan
# parameters: name, count, share, loud, weights, limits, start, folder, seed
import datetime
from pathlib import Path

import lineapy

name, count = "spring", 3
share: float = 0.25
loud = False
weights = [1, 2, 3]
limits = {"low": 0, "high": 9}
start = datetime.date(2026, 3, 1)
folder = Path("plans")
seed = None
weights.append(count)
plan = {
    "title": name.upper() if loud else name,
    "days": [start + datetime.timedelta(days=7 * week) for week in range(count)],
    "share": share * sum(weights),
    "limits": limits,
    "path": str(folder / name),
    "seed": seed,
}
lineapy.save(plan, "plan")
