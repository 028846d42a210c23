# Penguins: from the field notes to a table one can use.
# Run it in the repository's root: the path below is relative.
import json
import re
from collections import Counter

import numpy as np
import pandas as pd

import lineapy

PATH = "examples/data/penguins_field_notes.csv"

notes = pd.read_csv(PATH)
print(notes.shape)
print(notes.dtypes)  # why is body mass text?
print(notes.sample(5, random_state=1))

# column names like "Bill Length Mm"
notes.columns = [re.sub(r"\s+", "_", name.strip().lower()) for name in notes.columns]
backup = notes.copy()

# --- what's wrong with body mass?
odd = notes[pd.to_numeric(notes["body_mass_g"], errors="coerce").isna() & notes["body_mass_g"].notna()]
print(odd["body_mass_g"].head())
print("odd masses:", len(odd))

FACTORS = {"g": 1, "kg": 1000, "mm": 1, "cm": 10}


def to_number(text, default_unit):
    """'3.75 kg' -> 3750.0"""
    if pd.isna(text):
        return np.nan
    match = re.fullmatch(r"\s*([-\d.]+)\s*([a-z]*)\s*", str(text))
    if match is None:
        return np.nan
    number, unit = match.groups()
    try:
        return round(float(number) * FACTORS[unit or default_unit], 1)
    except (KeyError, ValueError):
        return np.nan


notes["body_mass_g"] = notes["body_mass_g"].apply(to_number, default_unit="g")
for column in ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"]:
    notes[column] = notes[column].apply(to_number, default_unit="mm")
    print(column, notes[column].min(), notes[column].max())

# 999 is what Kim types when the flipper was wet
notes.loc[notes["flipper_length_mm"] > 900, "flipper_length_mm"] = np.nan

# --- species and islands
print(Counter(notes["species"]))
notes["species"] = notes["species"].str.strip().str.capitalize()
islands = {"Torgerson": "Torgersen", "biscoe": "Biscoe"}
islands["Dream Island"] = "Dream"
notes["island"] = notes["island"].replace(islands)
print(Counter(notes["island"]))
notes["sex"] = notes["sex"].map({"M": "male", "F": "female", "male": "male", "female": "female"})

# --- first idea: fill the gaps with the mean. no! mixes the species
filled = notes.copy()
filled["body_mass_g"] = filled["body_mass_g"].fillna(filled["body_mass_g"].mean())
print(filled.groupby("species")["body_mass_g"].mean())

# --- second idea: with the median of the species
clean = notes.drop_duplicates().reset_index(drop=True)
print("entered twice:", len(notes) - len(clean))
measures = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
clean = clean.dropna(subset=measures, how="all")
for column in measures:
    medians = clean.groupby("species")[column].transform("median")
    clean[column] = clean[column].fillna(medians)
clean.insert(2, "bill_ratio", (clean["bill_length_mm"] / clean["bill_depth_mm"]).round(2))
clean["sex"] = clean["sex"].astype("category")

report = []
for species, group in clean.groupby("species"):
    report.append(f"{species}: {len(group)} penguins, {group['body_mass_g'].mean() / 1000:.2f} kg")
    if len(group) < 70:
        report.append("  (few!)")
print("\n".join(report))

lineapy.save(clean, "clean_penguins")

# --- for the talk
summary = clean.pivot_table(index="species", columns="sex", values="body_mass_g", aggfunc="mean", observed=True)
summary = summary.round(0)
summary["gap"] = summary["male"] - summary["female"]
heaviest = clean.sort_values("body_mass_g", ascending=False).iloc[0]
print("heaviest:", heaviest["species"], heaviest["body_mass_g"])
print(json.dumps({"rows": len(clean), "raw": len(backup)}))
lineapy.save(summary, "penguin_summary")
