import pytest

from server.domain.push import SERVICES, is_allowed

DEMO = ("http://localhost:8081",)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://db5p.notify.windows.com/w/?token=abc",
        "https://web.push.apple.com/abc",
    ],
)
def test_the_push_services_of_browsers_are_known(endpoint: str) -> None:
    assert is_allowed(endpoint, SERVICES)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://10.0.0.7/admin",
        "https://localhost/push",
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:8443/fcm",
        "https://fcm.googleapis.com.evil.example/fcm",
        "https://evilfcm.googleapis.com/fcm",
        "https://push.apple.com/abc",
        "https://evil.example\\.push.apple.com/",
        "https://evil.example#.push.apple.com",
        "https://evil.example?.push.apple.com",
        "https://user@web.push.apple.com/abc",
        "https://[::1",
        "https://fcm.googleapis.com:x/",
        "file:///etc/passwd",
        "",
        "https://fcm.googleapis.com/" + "a" * 2000,
    ],
)
def test_no_other_address_is_believed(endpoint: str) -> None:
    assert not is_allowed(endpoint, SERVICES)


def test_an_origin_that_an_operator_names_is_believed_as_it_is() -> None:
    assert is_allowed("http://localhost:8081/push/1", DEMO)
    assert not is_allowed("http://localhost:8082/push/1", DEMO)
    assert not is_allowed("https://localhost:8081/push/1", DEMO)
