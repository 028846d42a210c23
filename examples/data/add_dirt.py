"""Make penguins_field_notes.csv from the clean Palmer penguins: what three tired observers might have typed.

Run from the repository's root, with the clean table as `pip install palmerpenguins` brings it:

    python examples/data/add_dirt.py .../palmerpenguins/data/penguins.csv examples/data/penguins_field_notes.csv

The same input always gives the same output.
"""

from __future__ import annotations

import csv
import random
import sys
from pathlib import Path


def main(clean: Path, dirty: Path) -> None:
    rng = random.Random(2007)
    with clean.open(newline="") as file:
        rows = list(csv.DictReader(file))

    for row in rows:
        if row["body_mass_g"] != "NA" and rng.random() < 0.12:
            row["body_mass_g"] = f"{int(row['body_mass_g']) / 1000:g} kg"
        if row["bill_length_mm"] != "NA" and rng.random() < 0.08:
            row["bill_length_mm"] = f"{float(row['bill_length_mm']) / 10:.2f} cm"
        if rng.random() < 0.1:
            row["species"] = rng.choice([f" {row['species']}", f"{row['species']} ", row["species"].upper()])
        if rng.random() < 0.05:
            row["island"] = {"Torgersen": "Torgerson", "Biscoe": "biscoe", "Dream": "Dream Island"}[
                row["island"]
            ]
        if rng.random() < 0.3:
            row["sex"] = {"male": "M", "female": "F", "NA": "?"}[row["sex"]]
        if rng.random() < 0.02:
            row["flipper_length_mm"] = rng.choice(["-", "999", ""])

    for _ in range(9):  # some lines were entered twice
        rows.insert(rng.randrange(len(rows)), dict(rng.choice(rows)))

    with dirty.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writerow({name: name.replace("_", " ").title() for name in rows[0]})
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
