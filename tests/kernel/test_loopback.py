"""Which addresses can only be this machine."""

import pytest

from outreach.kernel.loopback import is_loopback
from outreach.kernel.pages import is_local_host


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000/hooks?a=1", True),
        ("https://127.9.9.9/", True),
        ("http://localhost/", True),
        ("http://[::1]:80/", True),
        ("http://example.org/", False),
        ("http://localhost.example.org/", False),
        ("http://127.0.0.1.example.org/", False),
        ("http://127.0.0.1@example.org/", False),
        ("http://example.org\\@127.0.0.1/", False),
        ("http://0.0.0.0/", False),
        ("http://10.0.0.1/", False),
        ("https://api.twilio.com", False),
        ("http://127.1", False),
        ("http://2130706433", False),
        ("http://[::1", False),
        ("http://[::ffff:127.0.0.1]/", False),
        ("http://127.0.0.1:port/", False),
        ("file:///etc/passwd", False),
        ("ftp://127.0.0.1/", False),
        ("//127.0.0.1/", False),
        ("/hooks", False),
        ("", False),
    ],
)
def test_only_addresses_of_this_machine_count(url: str, here: bool) -> None:
    assert is_loopback(url) is here


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:8000", True),
        ("[::1]", True),
        ("example.org", False),
        ("127.0.0.1.example.org:80", False),
        ("10.0.0.5:8000", False),
        ("", False),
    ],
)
def test_only_host_names_of_this_machine_may_read_pages(host: str, here: bool) -> None:
    assert is_local_host(host) is here
