"""A traced program run piece by piece, which goes on after an error, as a notebook does."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lineapy.artifacts import LineaArtifact, LineaArtifactStore
from lineapy.config import Config
from lineapy.session import Session
from lineapy.store import Store


class Notebook:
    """One session on one store.

    Args:
        config: The options, and so the store.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self._session = Session(Store(lambda: config))
        self._cells = 0

    def run(self, text: str) -> None:
        """Run a cell; what it raises comes out."""
        self._cells += 1
        self._session.run(f"import lineapy\n{text}", f"<cell {self._cells}>")

    def save(self, expression: str, name: str = "model") -> None:
        """Assign an expression to `x` and save that, as a user does."""
        self.run(f"x = {expression}\nlineapy.save(x, {name!r})")

    def close(self) -> None:
        self._session.store.close()


@contextlib.contextmanager
def notebook(config: Config) -> Iterator[Notebook]:
    with contextlib.closing(Notebook(config)) as found:
        yield found


@contextlib.contextmanager
def seen_by_others(config: Config) -> Iterator[dict[tuple[str, int], LineaArtifact]]:
    """All artifacts, by name and version, as another program finds them."""
    store = Store(lambda: config)
    try:
        yield {(found.name, found.version): found for found in LineaArtifactStore(store).artifacts}
    finally:
        store.close()


def check_store(config: Config, expected: Mapping[tuple[str, int], object]) -> None:
    """The store has these artifacts and no others; each loads, and its code, run alone, makes it."""
    with seen_by_others(config) as artifacts:
        assert {place: artifact.get_value() for place, artifact in artifacts.items()} == expected
        for place, artifact in artifacts.items():
            namespace: dict[str, Any] = {}
            exec(artifact.get_code(), namespace)
            assert namespace[artifact.variable] == expected[place]


def on_disk(folder: Path, **changes: object) -> Config:
    """A store in a folder: a database, and values beside it."""
    options: dict[str, Any] = {"home_dir": str(folder), **changes}
    return Config.from_environment({}, **options)


def is_mark(name: str) -> bool:
    """Whether a file in a value store only says which database it belongs to."""
    return name.startswith(".database-")


def value_files(config: Config) -> list[Path]:
    """All files with values in a local value store, unfinished ones too."""
    found = Path(config.artifact_storage_dir).rglob("*")
    return sorted(path for path in found if path.is_file() and not is_mark(path.name))
