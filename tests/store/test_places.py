"""Locations as users write them, and what is never shown of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lineapy.errors import ConfigurationError, MissingExtraError, StoreError
from lineapy.storage.places import normal_location, scratch_folder
from lineapy.storage.secrets import with_password_of, without_password, without_secrets
from lineapy.storage.values import ValueStore
from tests.store.processes import run


class TestLocationsAsUsersWriteThem:
    @pytest.mark.parametrize(
        "written, meant",
        [
            ("/data/values", "/data/values"),
            ("/data/values/", "/data/values"),
            ("/data//values/.", "/data/values"),
            ("file:///data/values", "/data/values"),
            ("file:///data/values/", "/data/values"),
            ("file://localhost/data/values", "/data/values"),
            ("file:/data/values", "/data/values"),
            ("local:///data/values", "/data/values"),
            ("file:///data/my%20values/100%25", "/data/my values/100%"),
            ("/data/100%25", "/data/100%25"),
            ("/data/a::b", "/data/a::b"),
            ("s3://bucket/values/", "s3://bucket/values"),
            ("s3://bucket", "s3://bucket"),
            ("s3://bucket/100%25", "s3://bucket/100%25"),
            ("memory://x/values//", "memory://x/values"),
            ("memory://", "memory://"),
            ("sftp://ada@host:2222/values", "sftp://ada@host:2222/values"),
        ],
    )
    def test_have_one_spelling(self, written: str, meant: str) -> None:
        assert normal_location(written) == meant
        assert normal_location(meant) == meant
        assert ValueStore(written).location == meant

    def test_may_be_relative_or_in_the_home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HOME", "/home/ada")
        for written in ("values", "./values", "file:values", "file://./values"):
            assert normal_location(written) == f"{tmp_path}/values"
        for written in ("~/values", "file:~/values", "file://~/values"):
            assert normal_location(written) == "/home/ada/values"

    @pytest.mark.parametrize("written", ["", "  "])
    def test_must_not_be_empty(self, written: str) -> None:
        with pytest.raises(ConfigurationError, match="artifact_storage_dir"):
            ValueStore(written)

    def test_cannot_be_files_of_another_machine(self) -> None:
        with pytest.raises(ConfigurationError, match=r"'server'.*sftp://server/data"):
            ValueStore("file://server/data")

    @pytest.mark.parametrize("written", ["simplecache::s3://bucket/values", "zip://x::s3://bucket/values"])
    def test_cannot_be_chained(self, written: str) -> None:
        with pytest.raises(ConfigurationError, match="'s3://bucket/values'"):
            ValueStore(written)

    def test_a_file_url_is_a_local_folder(self, tmp_path: Path) -> None:
        (tmp_path / "my values").mkdir()
        values = ValueStore(f"file://{tmp_path}/my%20values")
        stored = values.write("iris")
        assert (tmp_path / "my values" / stored.key).exists()
        assert stored.location == f"{tmp_path}/my values"
        assert values.read(stored) == "iris"


class TestLocationsThatCannotBeUsed:
    def test_an_unknown_protocol_says_so(self) -> None:
        with pytest.raises(ConfigurationError, match=r"nosuch://team.*Protocol not known.*s3://") as caught:
            ValueStore("nosuch://team").write("iris")
        assert not isinstance(caught.value, MissingExtraError)

    @pytest.mark.parametrize(
        "location, package, advice",
        [
            ("s3://bucket/values", "s3fs", "pip install 'lineapy[s3]'"),
            ("s3a://bucket/values", "s3fs", "pip install 'lineapy[s3]'"),
            ("gs://bucket/values", "gcsfs", "pip install 'lineapy[gcs]'"),
            ("gcs://bucket/values", "gcsfs", "pip install 'lineapy[gcs]'"),
            ("az://container/values", "adlfs", "pip install 'lineapy[azure]'"),
            ("abfs://container/values", "adlfs", "pip install 'lineapy[azure]'"),
            ("sftp://host/values", "paramiko", "pip install 'lineapy[sftp]'"),
            ("ssh://host/values", "paramiko", "pip install 'lineapy[sftp]'"),
            ("smb://host/values", "smbprotocol", "smbprotocol"),
        ],
    )
    def test_a_missing_package_names_the_extra(self, location: str, package: str, advice: str) -> None:
        done = run(
            """
import sys
sys.modules |= dict.fromkeys([sys.argv[2], "sshfs"])
from lineapy.errors import ConfigurationError, MissingExtraError
from lineapy.storage.values import ValueStore
for use in (lambda s: s.write("iris"), lambda s: s.probe(), lambda s: list(s.files())):
    try:
        use(ValueStore(sys.argv[1]))
    except MissingExtraError as error:
        assert isinstance(error, (ImportError, ConfigurationError))
        print(error)
""",
            location,
            package,
        )
        messages = done.stdout.splitlines()
        assert len(messages) == 3
        assert all(location in message and advice in message for message in messages)

    def test_wrong_options_are_named_without_their_values(self) -> None:
        options = {"target_protocol": "my-password", "path": "/nowhere"}
        with pytest.raises(ConfigurationError, match="'target_protocol', 'path'") as caught:
            ValueStore("dir://values", options).write("iris")
        assert "Protocol not known: ***" in str(caught.value)
        assert "my-password" not in str(caught.value)
        assert caught.value.__suppress_context__

    def test_a_file_in_the_way_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "values").write_text("a file")
        with pytest.raises(StoreError, match=str(tmp_path / "values")):
            ValueStore(str(tmp_path / "values")).write("iris")


class TestSecrets:
    def test_a_password_in_a_location_is_not_written_down(self) -> None:
        values = ValueStore("sftp://ada:pa%3Ass@host/values")
        assert values.location == "sftp://ada@host/values"
        assert repr(values) == "ValueStore('sftp://ada@host/values')"

    def test_a_password_is_given_back_to_its_own_machine_only(self) -> None:
        own = "sftp://ada:secret@host/new"
        assert with_password_of("sftp://ada@host/old", own) == "sftp://ada:secret@host/old"
        for other in (
            "sftp://ada@other/old",
            "sftp://bob@host/old",
            "ftp://ada@host/old",
            "/old",
            "s3://ada/x",
        ):
            assert with_password_of(other, own) == other
        for plain in ("s3://bucket/values", "/data/a:b@c", "memory://x"):
            assert without_password(plain) == plain

    def test_no_value_of_an_option_is_shown(self) -> None:
        options = {
            "key": "AKIA1234",
            "client_kwargs": {"headers": ["token-5678", b"bytes-9"], "verify": False},
            "config": ({"deep": "deep-secret"},),
            "n": 12345,
        }
        text = "AKIA1234, token-5678 and bytes-9: deep-secret at s3://bucket"
        assert without_secrets(text, "s3://bucket", options) == "***, *** and ***: *** at s3://bucket"

    def test_errors_show_neither_options_nor_password(self, tmp_path: Path) -> None:
        program = """
import fsspec, sys
from fsspec.implementations.memory import MemoryFileSystem
class Chatty(MemoryFileSystem):
    protocol = "chatty"
    def __init__(self, token=None, **rest):
        super().__init__(**rest)
        self.token = token
    def _fail(self, *arguments, **options):
        try:
            raise OSError(f"401 for {self.token}")
        except OSError as error:
            raise PermissionError("refused: Bearer " + self.token) from error
    info = put_file = get_file = ls = rm_file = makedirs = _fail
    @classmethod
    def _strip_protocol(cls, path):
        return path.partition("://")[2].partition("/")[2]
fsspec.register_implementation("chatty", Chatty)
from lineapy.db.records import StoredValue
from lineapy.storage.values import ValueStore
store = ValueStore("chatty://ada:url-password@host/values", {"token": "sesame-open"})
stored = StoredValue("0" * 64, 1, "json", store.location, "0" * 64 + ".json")
import traceback
for use in (
    lambda: store.write(1), lambda: store.read(stored), lambda: store.exists(stored), lambda: store.remove(stored),
    lambda: store.verify(stored), lambda: list(store.files()), lambda: store.probe(), lambda: store.copy_in(store, stored),
):
    try:
        use()
    except Exception as error:
        traceback.print_exc()
        print(error)
print(store, repr(store))
"""
        done = run(program)
        assert done.stdout.count("refused: Bearer ***") == 8
        assert done.stdout.count("chatty://ada@host/values") >= 8
        assert "sesame-open" not in done.stdout + done.stderr
        assert "url-password" not in done.stdout + done.stderr


def test_values_on_their_way_elsewhere_wait_on_disk() -> None:
    """``/tmp`` is memory on many machines."""
    program = "from lineapy.storage.places import scratch_folder; print(scratch_folder())"
    found = subprocess.run([sys.executable, "-c", program], env={"PATH": ""}, capture_output=True, text=True)
    assert found.stdout.strip() == "/var/tmp"


def test_the_user_may_choose_where_they_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert scratch_folder() == str(tmp_path)
