"""The table of formats: which values each takes, that they come back exactly, and how packages add their own."""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import io
import json
import math
import os
import struct
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from lineapy.errors import UnreadableValueError
from lineapy.storage.serializers import SERIALIZERS, plain_reading, serializer_for, serializer_named
from lineapy.storage.values import ValueStore
from lineapy.verify.compare import difference
from tests.store.processes import run


def stored_and_back(value: object) -> tuple[str, object]:
    """The format that takes a value, and what that format makes of it."""
    serializer = serializer_for(value)
    file = io.BytesIO()
    serializer.write(value, file)
    file.seek(0)
    return serializer.name, serializer.read(file)


def check(value: object) -> str:
    """A value comes back exactly. Returns its format."""
    name, back = stored_and_back(value)
    assert difference(value, back) is None, f"{name}: {difference(value, back)}"
    return name


class Colour(enum.IntEnum):
    RED = 1


class Point(NamedTuple):
    x: int


_one: list[object] = []
_cycle: list[object] = []
_cycle.append(_cycle)


class TestJSON:
    @pytest.mark.parametrize(
        "value",
        [
            None,
            True,
            False,
            0,
            -1,
            2**1999,
            0.1,
            -0.0,
            5e-324,
            1.7976931348623157e308,
            math.inf,
            -math.inf,
            math.nan,
            "",
            "naïve 😀 \u2028 \x00 \x7f \uffff",
            [],
            {},
            [[], {}, [[]]],
            {"": {"b": 1, "a": [None, 1.5]}, "z": False},
            [1, True, 1.0],
        ],
        ids=repr,
    )
    def test_plain_data_is_json(self, value: object) -> None:
        assert check(value) == "json"

    @pytest.mark.parametrize(
        "value",
        [
            2**2001,
            10**5000,
            "\ud800",
            "\ud83d\ude00",
            {"\udfff": 1},
            [_one, _one],
            [{"a": _one}, {"b": _one}],
            (1, 2),
            [(1,)],
            {1: 2},
            {None: 1},
            {True: 1},
            {1, 2},
            bytearray(b"x"),
            1j,
            Colour.RED,
            [Colour.RED],
            Point(1),
            collections.OrderedDict(a=1),
            collections.Counter("aab"),
            decimal.Decimal("1.10"),
            datetime.date(2026, 11, 23),
            struct.unpack(">d", bytes.fromhex("fff8000000000000"))[0],
            struct.unpack(">d", bytes.fromhex("7ff8000000000001"))[0],
            np.float64(1.5),
            np.str_("a"),
            [np.int64(1)],
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_what_json_would_change_is_pickled(self, value: object) -> None:
        assert check(value) == "cloudpickle"

    def test_a_value_that_contains_itself_is_pickled(self) -> None:
        name, back = stored_and_back(_cycle)
        assert name == "cloudpickle"
        assert isinstance(back, list)
        assert back[0] is back

    def test_deep_and_large_data_is_pickled(self) -> None:
        deep: list[object] = []
        for _ in range(200):
            deep = [deep]
        assert check(deep) == "cloudpickle"
        assert check([[0]] * 1) == "json"
        assert check(list(range(99_000))) == "json"
        assert check(list(range(101_000))) == "cloudpickle"
        assert check("x" * (8 << 20)) == "json"
        assert check("x" * ((8 << 20) + 1)) == "cloudpickle"

    def test_the_sign_and_bits_of_nan_survive(self) -> None:
        for bits in ("7ff8000000000000", "fff8000000000000", "7ff8000000000001"):
            value = struct.unpack(">d", bytes.fromhex(bits))[0]
            assert struct.pack(">d", stored_and_back(value)[1]).hex() == bits

    @settings(max_examples=200, deadline=None)
    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text()
            | st.text(alphabet="\ud800\udc00a"),
            lambda children: (
                st.lists(children)
                | st.dictionaries(st.text() | st.integers(), children)
                | children.map(lambda child: [child, child])
                | st.tuples(children)
            ),
            max_leaves=20,
        )
    )
    def test_any_data_comes_back_exactly(self, value: object) -> None:
        check(value)

    def test_other_programs_can_read_it(self, tmp_path: Path) -> None:
        store = ValueStore(str(tmp_path))
        stored = store.write({"ß": [1, 2.5, None]})
        assert json.loads((tmp_path / stored.key).read_text(encoding="utf-8")) == {"ß": [1, 2.5, None]}


class TestBytes:
    @pytest.mark.parametrize("value", [b"", b"\x00", bytes(range(256)) * 1000])
    def test_the_file_is_the_value(self, value: bytes, tmp_path: Path) -> None:
        store = ValueStore(str(tmp_path))
        stored = store.write(value)
        assert stored.format == "bytes"
        assert (tmp_path / stored.key).read_bytes() == value
        assert store.read(stored) == value

    def test_only_exact_bytes(self) -> None:
        class Named(bytes):
            pass

        assert check(bytearray(b"x")) == "cloudpickle"
        assert stored_and_back(Named(b"x"))[0] == "cloudpickle"


def readonly(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    array.flags.writeable = False
    return array


class TestArrays:
    @pytest.mark.parametrize(
        "array",
        [
            np.arange(5),
            np.array(5.0),
            np.array([]),
            np.zeros((3, 0, 2)),
            np.arange(24.0).reshape(2, 3, 4),
            np.asfortranarray(np.arange(12).reshape(3, 4)),
            np.arange(24).reshape(4, 6)[::2, ::-3],
            np.arange(24).reshape(2, 3, 4).transpose(1, 2, 0),
            np.arange(5, dtype=">i4"),
            np.array([np.nan, -0.0, np.inf]),
            np.array([1 + 2j]),
            np.array([True, False]),
            np.float16([1.5]),
            np.array(["2020-01-01", "NaT"], dtype="datetime64[D]"),
            np.array([1, 2], dtype="timedelta64[25s]"),
            np.array(["a", "naïve"]),
            np.array([b"a", b"bc"]),
            np.array(["", ""]),
            np.zeros(3, dtype="S0"),
            np.zeros(2, dtype="V3"),
            np.zeros(3, dtype=[("a", "i4"), ("b", "S3", (2,)), ("c", [("d", ">f8")])]),
            np.zeros(3, dtype=[("größe", "i4"), ("日本", "f8")]),
        ],
        ids=lambda array: f"{array.dtype}{array.shape}",
    )
    def test_an_array_is_npy(self, array: np.ndarray[Any, Any]) -> None:
        assert check(array) == "npy"
        assert stored_and_back(array)[1].flags.writeable  # type: ignore[attr-defined]

    def test_the_file_is_what_numpy_itself_writes(self, tmp_path: Path) -> None:
        store = ValueStore(str(tmp_path))
        for array in (np.arange(12).reshape(3, 4), np.asfortranarray(np.eye(3)), np.array(1)):
            np.save(tmp_path / "by_numpy.npy", array)
            assert (tmp_path / store.write(array).key).read_bytes() == (
                tmp_path / "by_numpy.npy"
            ).read_bytes()

    def test_an_array_that_may_not_be_written_to_comes_back_like_that(self) -> None:
        array = readonly(np.arange(3))
        assert check(array) == "npy-readonly"
        assert not stored_and_back(array)[1].flags.writeable  # type: ignore[attr-defined]
        assert check(np.broadcast_to(np.arange(3), (2, 3))) == "npy-readonly"

    @pytest.mark.parametrize(
        "array",
        [
            np.array([1, "a", None], dtype=object),
            np.zeros(2, dtype=[("a", "O")]),
            np.ma.array([1, 2], mask=[True, False]),
            np.zeros(2, dtype=[("a", "i4")]).view(np.recarray),
            np.zeros(2, dtype=np.dtype("i4", metadata={"unit": "m"})),
            np.zeros(2, dtype=[("a", np.dtype("i4", metadata={"unit": "m"}))]),
            np.zeros(2, dtype=np.dtype([("a", "i1"), ("b", "i8")], align=True)),
            pytest.param(
                np.array(["a", "bc"], dtype=getattr(np.dtypes, "StringDType", lambda: "O")()),
                id="texts of any length",
            ),
        ],
        ids=lambda array: f"{type(array).__name__} {array.dtype}",
    )
    def test_what_a_file_of_numpy_cannot_say_is_pickled(self, array: np.ndarray[Any, Any]) -> None:
        assert stored_and_back(array)[0] == "cloudpickle"

    def test_a_subclass_is_pickled(self) -> None:
        class Named(np.ndarray):  # type: ignore[type-arg]
            pass

        assert stored_and_back(np.arange(3).view(Named))[0] == "cloudpickle"

    @settings(max_examples=150, deadline=None)
    @given(
        npst.arrays(
            npst.scalar_dtypes() | npst.array_dtypes() | npst.nested_dtypes(),
            npst.array_shapes(min_dims=0, min_side=0, max_side=4),
        ),
        st.randoms(use_true_random=False),
    )
    def test_any_array_comes_back_exactly(self, array: np.ndarray[Any, Any], random: Any) -> None:
        array = array.transpose(random.sample(range(array.ndim), array.ndim))
        array = array[tuple(slice(None, None, random.choice((1, -1, 2))) for _ in range(array.ndim))]
        if type(array) is np.ndarray:  # not a scalar
            check(array)

    def test_no_copy_is_made_of_a_large_array(self, tmp_path: Path) -> None:
        run(
            """
import resource, sys
import numpy as np
from lineapy.storage.values import ValueStore
values = ValueStore(sys.argv[1])
values.write(np.arange(10))
big = np.ones(25 << 20)
for array in (big, np.asfortranarray(big.reshape(-1, 1024))[:, :], big.reshape(-1, 2)[::2], np.array(big)[::-1]):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stored = values.write(array)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert stored.format == "npy" and grown < 60 << 10, f"{grown} kB"
""",
            tmp_path,
        )


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


_text = pd.Series(["a", None, "ß"])

FRAMES = {
    "numbers": frame(a=[1, 2, 3], b=[0.5, float("nan"), -0.0], c=[True, False, True]),
    "small numbers": frame(a=np.array([1, 2], "i1"), b=np.array([1, 2], "u8"), c=np.array([1, 2], "f4")),
    "texts": frame(s=_text),
    "empty texts": frame(s=["", " "]),
    "times": frame(
        t=np.array(["2020", "NaT"], "M8[s]"), n=np.array([1, 2], "M8[ns]"), d=np.array([1, 2], "m8[ms]")
    ),
    "missing integers": frame(a=pd.array([1, None], dtype="Int8"), b=pd.array([True, None], dtype="boolean")),
    "string": frame(a=pd.array(["x", None], dtype="string[pyarrow]")),
    "categories": frame(c=pd.Categorical(["x", "y", None], categories=["y", "x", "z"], ordered=True)),
    "index of texts": frame(a=[1, 2]).set_axis(pd.Index(["p", "q"], name="k"), axis=0),
    "index of numbers": frame(a=[1, 2]).set_axis([7, 3], axis=0),
    "index of times": frame(a=[1, 2]).set_axis(pd.DatetimeIndex(["2021", "2020"]), axis=0),
    "every other row": frame(a=range(10))[1::2],
    "columns of one type, apart": frame(a=[1, 2], b=[1.5, 2.5], c=[3, 4])[["c", "a"]],
}

NOT_FRAMES = {
    "objects": frame(a=pd.Series([1, "a", None], dtype=object)),
    "texts as objects": pd.DataFrame({"a": pd.Series(["x", "y"], dtype=object)}),
    "lists": frame(a=[[1], [2]]),
    "zone": frame(t=pd.to_datetime(["2020", "2021"], utc=True)),
    "period": frame(p=pd.period_range("2020", periods=2, freq="M")),
    "interval": frame(i=pd.interval_range(0, 2)),
    "sparse": frame(s=pd.arrays.SparseArray([0, 0, 1])),
    "half floats": frame(a=np.array([1, 2], "f2")),
    "complex": frame(a=[1j]),
    "numeric categories": frame(c=pd.Categorical([1, 2])),
    "string without Arrow": frame(a=pd.array(["x", None], dtype="string[python]")),
    "numbered columns": pd.DataFrame([[1, 2]]),
    "mixed column names": pd.DataFrame([[1, 2]], columns=["a", 1]),
    "double column names": pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "named columns": frame(a=[1]).rename_axis(columns="kind"),
    "column names as objects": frame(a=[1]).set_axis(pd.Index(["a"], dtype=object), axis=1),
    "levels of columns": pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])),
    "levels of rows": frame(a=[1]).set_axis(pd.MultiIndex.from_tuples([("a", "b")]), axis=0),
    "frequency": frame(a=[1, 2]).set_axis(pd.date_range("2020", periods=2), axis=0),
    "categories as index": frame(a=[1, 2]).set_axis(pd.CategoricalIndex(["x", "y"]), axis=0),
    "index named as a column": frame(a=[1, 2]).rename_axis(index="a"),
    "index with a tuple as name": frame(a=[1, 2]).set_axis(pd.Index([4, 5], name=("a", 1)), axis=0),
    "index named by Arrow": frame(__index_level_0__=[1, 2]).set_axis([1, 0], axis=0),
    "no rows": frame(a=pd.Series([], dtype="int64")),
    "no columns": pd.DataFrame(index=[1, 2]),
    "nothing": pd.DataFrame(),
}


def with_attributes() -> pd.DataFrame:
    made = frame(a=[1])
    made.attrs["source"] = "sensor"
    return made


def without_duplicates() -> pd.DataFrame:
    return frame(a=[1]).set_flags(allows_duplicate_labels=False)


class TestFrames:
    @pytest.mark.parametrize("value", FRAMES.values(), ids=FRAMES.keys())
    def test_a_frame_is_arrow(self, value: pd.DataFrame) -> None:
        assert check(value) == "arrow"

    @pytest.mark.parametrize("value", NOT_FRAMES.values(), ids=NOT_FRAMES.keys())
    def test_what_might_come_back_otherwise_is_pickled(self, value: pd.DataFrame) -> None:
        assert check(value) == "cloudpickle"

    @pytest.mark.parametrize("make", [with_attributes, without_duplicates])
    def test_what_a_frame_says_of_itself_is_not_lost(self, make: Callable[[], pd.DataFrame]) -> None:
        name, back = stored_and_back(make())
        assert name == "cloudpickle"
        assert (back.attrs, back.flags) == (make().attrs, make().flags)  # type: ignore[attr-defined]

    def test_subclasses_and_series_are_pickled(self) -> None:
        class Named(pd.DataFrame):
            pass

        assert stored_and_back(Named({"a": [1]}))[0] == "cloudpickle"
        assert check(pd.Series([1, 2])) == "cloudpickle"

    def test_what_comes_back_can_be_changed(self) -> None:
        for value in FRAMES.values():
            back: Any = stored_and_back(value)[1]
            back.iloc[0, 0] = back.iloc[1, 0]
            back["new"] = 1
            assert len(back) == len(value)

    def test_a_frame_in_several_pieces_is_one(self) -> None:
        rows = 1_500_000
        value = frame(
            a=np.arange(rows),
            s=pd.Series([f"text {i % 1000}" for i in range(rows)]),
            c=pd.Categorical.from_codes(np.arange(rows) % 4 - 1, categories=["x", "y", "z"]),
        )
        assert check(value) == "arrow"

    def test_pandas_itself_reads_it(self, tmp_path: Path) -> None:
        store = ValueStore(str(tmp_path))
        for value in FRAMES.values():
            assert difference(pd.read_feather(tmp_path / store.write(value).key), value) is None

    @settings(max_examples=100, deadline=None)
    @given(st.data())
    def test_any_frame_comes_back_exactly(self, data: st.DataObject) -> None:
        rows = data.draw(st.integers(0, 4))
        kinds = [
            "bool",
            "int8",
            "uint16",
            "int64",
            "f4",
            "f8",
            "M8[ns]",
            "M8[us]",
            "m8[s]",
            "O",
            "c16",
            "U2",
            ">i4",
        ]
        columns = {
            name: data.draw(npst.arrays(kind, rows))
            if kind != "O"
            else data.draw(st.lists(st.text() | st.none(), min_size=rows, max_size=rows))
            for name, kind in data.draw(
                st.dictionaries(st.text(max_size=3), st.sampled_from(kinds), max_size=4)
            ).items()
        }
        check(pd.DataFrame(columns))

    def test_where_pyarrow_is_missing_frames_are_pickled(self, tmp_path: Path) -> None:
        store = ValueStore(str(tmp_path))
        stored = store.write(FRAMES["numbers"])
        done = run(
            """
import dataclasses, json, sys
sys.modules["pyarrow"] = None
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "pyarrow" else found(name, *rest)
import pandas as pd
from lineapy.db.records import StoredValue
from lineapy.errors import UnreadableValueError
from lineapy.storage.values import ValueStore
store = ValueStore(sys.argv[1])
try:
    store.read(StoredValue(**json.loads(sys.argv[2])))
except UnreadableValueError as error:
    print(error)
print(store.write(pd.DataFrame({"a": [1]})).format)
""",
            tmp_path,
            json.dumps({name: getattr(stored, name) for name in stored.__slots__}),
        )
        message, written = done.stdout.splitlines()
        assert "pip install 'lineapy[arrow]'" in message
        assert written == "cloudpickle"


def test_nothing_is_imported_to_choose_a_format(tmp_path: Path) -> None:
    run(
        """
import sys
from lineapy.storage.values import ValueStore
values = ValueStore(sys.argv[1])
for value in (1, [1], b"x", {1, 2}, object):
    values.read(values.write(value))
heavy = {"numpy", "pandas", "pyarrow", "fsspec"} & set(sys.modules)
assert not heavy, heavy
""",
        tmp_path,
    )


def test_each_format_has_its_own_file_names() -> None:
    extensions = [serializer.extension for serializer in SERIALIZERS.values()]
    assert len(set(extensions)) == len(extensions)


def test_only_pickles_can_run_code() -> None:
    assert {name for name, serializer in SERIALIZERS.items() if serializer.can_run_code} == {"cloudpickle"}


def test_the_names_are_the_ones_that_stores_have_recorded() -> None:
    assert list(SERIALIZERS) == ["json", "bytes", "file", "npy", "npy-readonly", "arrow", "cloudpickle"]


@pytest.mark.parametrize(
    "value",
    [{"a": 1}, b"x", np.arange(3), readonly(np.arange(3)), FRAMES["texts"], {1, 2}],
    ids=lambda value: type(value).__name__,
)
def test_a_program_without_lineapy_reads_every_format(value: object, tmp_path: Path) -> None:
    stored = ValueStore(str(tmp_path)).write(value)
    reading = plain_reading(stored.format)
    assert reading is not None
    modules = {name: __import__(name) for name in ("json", "numpy", "pandas", "pathlib", "pickle")}
    expression = reading.format(**{name: name for name in modules}, path=repr(str(tmp_path / stored.key)))
    assert difference(eval(expression, modules), value) is None


# formats of other packages


def installed(folder: Path, package: str, module: str, code: str, entry_points: str) -> None:
    """Install a package, as pip would: a module, and a folder of metadata beside it."""
    folder.mkdir(exist_ok=True)
    (folder / f"{module}.py").write_text(textwrap.dedent(code))
    metadata = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[lineapy.serializers]\n{entry_points}\n")


FRACTIONS = """
import fractions
from lineapy.storage.serializers import Serializer

SERIALIZER = Serializer(
    name="fraction",
    extension="txt",
    takes=lambda value: type(value) is fractions.Fraction,
    write=lambda value, sink: sink.write(str(value).encode()),
    read=lambda file: fractions.Fraction(file.read().decode()),
    can_run_code=False,
    plain="{fractions}.Fraction(open({path}).read())",
)
"""

PROGRAM = """
import fractions, json, sys, warnings
from dataclasses import asdict
from lineapy.db.records import StoredValue
from lineapy.errors import LineaError
from lineapy.storage.serializers import plain_reading
from lineapy.storage.values import ValueStore

store, said = ValueStore(sys.argv[1]), []
warnings.simplefilter("always")
with warnings.catch_warnings(record=True) as caught:
    if len(sys.argv) > 2:
        stored = StoredValue(**json.loads(sys.argv[2]))
    else:
        stored = store.write(fractions.Fraction(1, 3))
        store.write([1])
    try:
        value = repr(ValueStore(sys.argv[1], trusted_types_only=stored.format != "cloudpickle").read(stored))
    except LineaError as error:
        value = f"{type(error).__name__}: {error}"
print(json.dumps([asdict(stored), value, plain_reading(stored.format), [str(w.message) for w in caught]]))
"""


class Result(NamedTuple):
    stored: dict[str, Any]
    value: str
    plain: str | None
    warnings: list[str]


def with_packages(folder: Path, store: Path, *arguments: str) -> Result:
    path = os.pathsep.join([str(folder), str(Path(__file__).parents[2] / "src")])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(store), *arguments],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return Result(*json.loads(done.stdout))


class TestFormatsOfOtherPackages:
    def test_are_asked_before_ours_and_recorded_with_their_package(self, tmp_path: Path) -> None:
        installed(
            tmp_path / "site",
            "lineapy-fractions",
            "a_fraction",
            FRACTIONS,
            "fraction = a_fraction:SERIALIZER",
        )
        result = with_packages(tmp_path / "site", tmp_path / "store")
        assert result.stored["format"] == "fraction@lineapy-fractions"
        assert result.stored["key"] == f"{result.stored['digest']}.fraction.txt"
        assert (tmp_path / "store" / result.stored["key"]).read_text() == "1/3"
        assert result.value == "Fraction(1, 3)"
        assert result.plain == "{fractions}.Fraction(open({path}).read())"
        assert result.warnings == []
        assert len(list(ValueStore(str(tmp_path / "store")).files())) == 2, "the file counts as one of ours"

    def test_a_value_whose_package_is_missing_names_it(self, tmp_path: Path) -> None:
        installed(
            tmp_path / "site",
            "lineapy-fractions",
            "a_fraction",
            FRACTIONS,
            "fraction = a_fraction:SERIALIZER",
        )
        written = with_packages(tmp_path / "site", tmp_path / "store").stored
        result = with_packages(tmp_path / "nothing", tmp_path / "store", json.dumps(written))
        assert result.value.startswith("UnreadableValueError")
        assert "'fraction@lineapy-fractions'" in result.value
        assert "The package 'lineapy-fractions' wrote it" in result.value
        assert result.plain is None

    def test_a_format_that_has_moved_to_another_package_reads_on(self, tmp_path: Path) -> None:
        installed(
            tmp_path / "site",
            "lineapy-fractions",
            "a_fraction",
            FRACTIONS,
            "fraction = a_fraction:SERIALIZER",
        )
        written = with_packages(tmp_path / "site", tmp_path / "store").stored
        installed(
            tmp_path / "new", "fractions-suite", "a_fraction", FRACTIONS, "fraction = a_fraction:SERIALIZER"
        )
        assert (
            with_packages(tmp_path / "new", tmp_path / "store", json.dumps(written)).value == "Fraction(1, 3)"
        )

    @pytest.mark.parametrize(
        "code, reason",
        [
            ("raise RuntimeError('no licence')", "no licence"),
            ("SERIALIZER = 3", "not a lineapy.storage.serializers.Serializer"),
            (FRACTIONS.replace('"fraction"', '"json"'), "LineaPy itself has a format with the name 'json'"),
            (FRACTIONS.replace('"fraction"', '"a/b"'), "must be of lower-case letters"),
            (FRACTIONS.replace('"txt"', '"../txt"'), "must be of lower-case letters"),
            (FRACTIONS.replace('"fraction"', f'"{"f" * 60}"'), "longer than 64"),
        ],
        ids=["raises", "is something else", "takes our name", "bad name", "bad extension", "long name"],
    )
    def test_a_broken_one_is_reported_and_does_without(self, tmp_path: Path, code: str, reason: str) -> None:
        installed(
            tmp_path / "site", "lineapy-fractions", "a_fraction", code, "fraction = a_fraction:SERIALIZER"
        )
        result = with_packages(tmp_path / "site", tmp_path / "store")
        assert result.stored["format"] == "cloudpickle"
        assert result.value == "Fraction(1, 3)"
        (warning,) = result.warnings
        assert "'lineapy-fractions'" in warning
        assert reason in warning

    def test_what_a_broken_one_wrote_says_that_it_is_broken(self, tmp_path: Path) -> None:
        installed(
            tmp_path / "site",
            "lineapy-fractions",
            "a_fraction",
            FRACTIONS,
            "fraction = a_fraction:SERIALIZER",
        )
        written = with_packages(tmp_path / "site", tmp_path / "store").stored
        (tmp_path / "site" / "a_fraction.py").write_text("raise RuntimeError('no licence')")
        result = with_packages(tmp_path / "site", tmp_path / "store", json.dumps(written))
        assert result.value.startswith("UnreadableValueError")
        assert "no licence" in result.value
        assert "'lineapy-fractions'" in result.value

    def test_two_with_one_name_are_not_mixed_up(self, tmp_path: Path) -> None:
        entry = "fraction = a_fraction:SERIALIZER"
        installed(tmp_path / "site", "lineapy-fractions", "a_fraction", FRACTIONS, entry)
        installed(tmp_path / "site", "more-fractions", "b_fraction", FRACTIONS, entry.replace("a_", "b_"))
        result = with_packages(tmp_path / "site", tmp_path / "store")
        assert result.value == "Fraction(1, 3)"
        (warning,) = result.warnings
        assert "has a format with this name too" in warning

    def test_one_that_fails_when_asked_does_not_keep_a_value_from_being_saved(self, tmp_path: Path) -> None:
        code = FRACTIONS.replace("type(value) is fractions.Fraction", "value.nonsense")
        installed(
            tmp_path / "site", "lineapy-fractions", "a_fraction", code, "fraction = a_fraction:SERIALIZER"
        )
        result = with_packages(tmp_path / "site", tmp_path / "store")
        assert result.stored["format"] == "cloudpickle"
        assert result.value == "Fraction(1, 3)"
        assert "'fraction@lineapy-fractions' failed" in result.warnings[0]

    def test_one_that_can_run_code_is_not_trusted(self, tmp_path: Path) -> None:
        code = FRACTIONS.replace("    can_run_code=False,\n", "")
        installed(
            tmp_path / "site", "lineapy-fractions", "a_fraction", code, "fraction = a_fraction:SERIALIZER"
        )
        result = with_packages(tmp_path / "site", tmp_path / "store")
        assert result.value.startswith("UntrustedFormatError")
        assert "fraction@lineapy-fractions" in result.value


def test_an_unknown_format_names_those_there_are(tmp_path: Path) -> None:
    store = ValueStore(str(tmp_path))
    stored = replace(store.write([1]), format="of-the-future")
    with pytest.raises(
        UnreadableValueError, match=r"'of-the-future'.*json, bytes, file, npy.*Update LineaPy"
    ):
        store.read(stored)
    with pytest.raises(LookupError):
        serializer_named("of-the-future")
