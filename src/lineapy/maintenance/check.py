"""Is every value that an artifact needs still what was saved? Reads the database and the files, and writes nothing."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lineapy.db.db import RelationalLineaDB
from lineapy.db.records import ArtifactUse, StoredValueUse
from lineapy.errors import StoreError
from lineapy.storage.places import is_local
from lineapy.storage.values import Damage, ValueStore

#: After so many failures in a row at a remote location, the rest there is not tried: each may have to be waited for.
FAILURES_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class DamagedValue:
    """A value that cannot be loaded any more, and who needs it."""

    use: StoredValueUse
    damage: Damage


@dataclass(frozen=True, slots=True)
class UnreachableValues:
    """Values at one location of which nothing is known, because it could not be read."""

    location: str
    #: What the first attempt failed with.
    reason: str
    uses: tuple[StoredValueUse, ...]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check has found.

    Attributes:
        checked: How many values were looked at.
        size: Bytes of those.
        damaged: Those that are missing or changed, in the order in which they were saved.
        unreachable: What could not be read, by location.
    """

    checked: int
    size: int
    damaged: tuple[DamagedValue, ...]
    unreachable: tuple[UnreachableValues, ...]

    @property
    def is_clean(self) -> bool:
        """Whether everything that was to be checked was, and is undamaged."""
        return not self.damaged and not self.unreachable


@dataclass(frozen=True, slots=True)
class Sample:
    """How many values to check.

    Attributes:
        number: At most so many; None for all.
        share: So much of all, between 0 and 1; None for all. Rounded up, so that something is checked.

    Example:
        >>> Sample.parse("20"), Sample.parse("2.5%")
        (Sample(number=20, share=None), Sample(number=None, share=0.025))
        >>> Sample.parse("5%").size_of(30)
        2
    """

    number: int | None = None
    share: float | None = None

    @classmethod
    def parse(cls, text: str) -> Sample:
        """Read ``"20"`` or ``"5%"``.

        Args:
            text: A whole number above 0, or a percentage above 0 and up to 100.

        Returns:
            The sample.

        Raises:
            ValueError: It is neither; the message says what would be.
        """
        wanted = f"{text!r} is neither a number of values such as 20, nor a share of them such as 5%"
        try:
            if text.strip().endswith("%"):
                share = float(text.strip()[:-1]) / 100
                if 0 < share <= 1:
                    return cls(share=share)
            elif int(text) > 0:
                return cls(number=int(text))
        except ValueError:
            pass
        raise ValueError(wanted)

    def size_of(self, total: int) -> int:
        """How many values that is, of so many."""
        if self.number is not None:
            return min(self.number, total)
        return total if self.share is None else math.ceil(total * self.share)


@dataclass(slots=True)
class _AtLocation:
    reason: str = ""
    in_a_row: int = 0
    uses: list[StoredValueUse] = field(default_factory=list)

    def is_given_up(self, location: str) -> bool:
        return self.in_a_row >= FAILURES_IN_A_ROW and not is_local(location)


def needed_values(db: RelationalLineaDB, sample: Sample | None = None) -> list[StoredValueUse]:
    """The values that artifacts need; those that only deleted artifacts need are left out.

    Args:
        db: The metadata.
        sample: How many; by default all. They are chosen at random, other ones each time.

    Returns:
        The values, in the order in which they were saved.

    Raises:
        StoreError: The database cannot be read.

    Example:
        >>> import tempfile
        >>> needed_values(RelationalLineaDB(f"sqlite:///{tempfile.mkdtemp()}/db.sqlite"))
        []
    """
    needed = [use for use in db.stored_values() if not use.deleted]
    if sample is None:
        return needed
    chosen = random.sample(range(len(needed)), sample.size_of(len(needed)))
    return [needed[number] for number in sorted(chosen)]


def check(
    db: RelationalLineaDB,
    values: ValueStore,
    uses: Iterable[StoredValueUse],
    on_checked: Callable[[StoredValueUse], None] = lambda _use: None,
) -> CheckResult:
    """Read values, without loading them, and compare their bytes with the digests that the database has.

    What cannot be reached is noted, and the others are checked all the same.

    Args:
        db: The metadata.
        values: Where the values are.
        uses: Which ones, and who needs them; as from `needed_values`.
        on_checked: Told of each value when it is done.

    Returns:
        What was found.

    Raises:
        ConfigurationError: The location or its options are wrong, or a package is missing.
        StoreError: The database cannot be read.

    Example:
        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> db = RelationalLineaDB(f"sqlite:///{folder}/db.sqlite")
        >>> check(db, ValueStore(folder), needed_values(db)).is_clean
        True
    """
    damaged: list[DamagedValue] = []
    unreachable: dict[str, _AtLocation] = {}
    checked = size = 0
    for use in uses:
        location = use.value.location
        trouble = unreachable.get(location)
        if trouble is not None and trouble.is_given_up(location):
            trouble.uses.append(use)
            on_checked(use)
            continue
        try:
            damage = values.verify(use.value)
        except StoreError as error:
            trouble = unreachable.setdefault(location, _AtLocation(str(error)))
            trouble.in_a_row += 1
            trouble.uses.append(use)
        else:
            if trouble is not None:
                trouble.in_a_row = 0
            checked, size = checked + 1, size + use.value.size
            if damage is not None:
                damaged.append(DamagedValue(use, damage))
        on_checked(use)
    if damaged:
        # Whatever was deleted while this ran may be gone by now, as it should be.
        still_needed = {use.value for use in needed_values(db)}
        damaged = [found for found in damaged if found.use.value in still_needed]
    return CheckResult(
        checked,
        size,
        tuple(damaged),
        tuple(UnreachableValues(where, at.reason, tuple(at.uses)) for where, at in unreachable.items()),
    )


def live_artifacts(use: StoredValueUse) -> list[ArtifactUse]:
    """The artifacts that need a value and are not deleted.

    Example:
        >>> from lineapy.db.records import StoredValue
        >>> value = StoredValue("ab" * 32, 3, "json", "/values", "ab.json")
        >>> live_artifacts(StoredValueUse(value, (ArtifactUse("model", 0, True), ArtifactUse("model", 1, False))))
        [ArtifactUse(name='model', version=1, deleted=False)]
    """
    return [artifact for artifact in use.artifacts if not artifact.deleted]
