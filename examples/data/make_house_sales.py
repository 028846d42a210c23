"""Make house_sales.csv: 420 invented sales of houses in an invented town, typed in by hand, with what that brings.

Run from the repository's root:

    python examples/data/make_house_sales.py examples/data/house_sales.csv

The same table comes out each time.
"""

from __future__ import annotations

import csv
import random
import sys
from pathlib import Path

#: Neighbourhoods, with what a house there costs more or less than elsewhere.
PLACES = {"Harbour": 60_000, "Old Town": 45_000, "Mill Hill": 10_000, "Station": -15_000, "Quarry": -30_000}
SQUARE_FEET = 10.764


def main(path: Path) -> None:
    rng = random.Random(1066)
    rows = []
    for number in range(420):
        place = rng.choice(list(PLACES))
        area = round(rng.lognormvariate(4.75, 0.3))
        built = rng.randint(1890, 2015)
        quality = min(10, max(1, round(rng.gauss(6, 1.5))))
        garage = rng.random() < 0.6
        year = rng.randint(2016, 2020)
        price = 25_000 + 950 * area + 11_000 * quality + PLACES[place] + 14_000 * garage
        price += 300 * (built - 1950) + 4_000 * (year - 2016) + rng.gauss(0, 14_000)
        rows.append(
            {
                "sale": f"S{number:04}",
                "sold": f"{year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
                "neighbourhood": place,
                "living_area": str(area),
                "built": str(built),
                "quality": str(quality),
                "garage": "yes" if garage else "no",
                "price": str(round(max(price, 40_000), -2))[:-2],
            }
        )
    for row in rows:
        if rng.random() < 0.06:
            row["living_area"] = f"{round(int(row['living_area']) * SQUARE_FEET)} sqft"
        if rng.random() < 0.05:
            row["garage"] = rng.choice(["", "Y", "N", "?"])
        if rng.random() < 0.04:
            row["neighbourhood"] = row["neighbourhood"].lower()
        if rng.random() < 0.03:
            row["built"] = ""
        if rng.random() < 0.1:
            row["price"] = f"{int(row['price']):,}"
    for _ in range(12):  # some sales were entered twice
        rows.insert(rng.randrange(len(rows)), dict(rng.choice(rows)))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
