from ipaddress import ip_network
from pathlib import Path

import pytest

from server import settings
from server.errors import BadInput


def test_an_empty_environment_runs_on_one_machine(tmp_path: Path) -> None:
    given = settings.read({}, tmp_path / ".env")
    assert given.database == "sqlite:///data/livefeed.db"
    assert given.tracking_base == given.public_url == "http://localhost:8080"


def test_lists_are_separated_by_commas(tmp_path: Path) -> None:
    given = settings.read({"LIVEFEED_ADMIN_EMAILS": "a@x.example, b@x.example", "LIVEFEED_TRUSTED_PROXIES": "127.0.0.1"})
    assert given.admin_emails == ("a@x.example", "b@x.example")
    assert given.trusted_proxies == (ip_network("127.0.0.1/32"),)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LIVEFEED_PUBLIC_URL", "localhost"),
        ("LIVEFEED_TRUSTED_PROXIES", "everybody"),
        ("LIVEFEED_SECRET_KEYS", "short"),
        ("LIVEFEED_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_bad_value_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(BadInput, match=variable):
        settings.read({variable: value})


def test_a_mistyped_variable_stops_the_start() -> None:
    with pytest.raises(BadInput, match="LIVEFEED_PUBLIC_ULR is no setting"):
        settings.read({"LIVEFEED_PUBLIC_ULR": "http://localhost"})


def test_foreign_lines_in_the_env_file_do_not(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("EDITOR=vi\nLIVEFEED_LOG_LEVEL=debug\n")
    assert settings.read({}, tmp_path / ".env").log_level == "DEBUG"


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LIVEFEED_LOG_LEVEL=debug\n")
    assert settings.read({"LIVEFEED_LOG_LEVEL": "ERROR"}, tmp_path / ".env").log_level == "ERROR"


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    given = settings.read({"LIVEFEED_DATA_DIR": str(tmp_path / "new")})
    first = settings.secret_keys(given)
    assert settings.secret_keys(given) == first
    assert (tmp_path / "new" / "secret-keys").stat().st_mode & 0o077 == 0


def test_every_setting_is_described() -> None:
    assert all(meaning for _, _, meaning in settings.described())
