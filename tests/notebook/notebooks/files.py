# saves: loaded lines report
# %%
import json
from pathlib import Path
folder = Path("out")
folder.mkdir(exist_ok=True)

# %%
settings = {"depth": 3, "names": ["a", "b"]}

# %%
(folder / "settings.json").write_text(json.dumps(settings))

# %%
loaded = json.loads((folder / "settings.json").read_text())
loaded

# %%
settings["depth"] += 1

# %%
with open(folder / "log.txt", "a") as log:
    log.write(f"depth {settings['depth']}\n")

# %%
lines = (folder / "log.txt").read_text().splitlines()
lines

# %%
%%writefile notes.md
# Notes
One line.

# %%
report = Path("notes.md").read_text() + str(len(lines))
print(report)
