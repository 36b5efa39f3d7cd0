"""Who may call our hooks: signatures, the published vector and the traps around them."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from outreach.gateways.twilio.signature import HEADER, sign, verify

# Twilio's published example (PROVIDERS.md); the numbers are theirs.
VECTOR_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
VECTOR_FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
VECTOR = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
BASE = "https://outreach.example.org"


def _ok(url: str, headers: dict[str, str], body: bytes, base: str = BASE) -> bool:
    return verify("12345", base, url, headers, body)


def test_the_published_vector_passes() -> None:
    body = urlencode(VECTOR_FORM).encode()
    assert sign("12345", VECTOR_URL, VECTOR_FORM) == VECTOR
    assert _ok("/myapp.php?foo=1&bar=2", {HEADER: VECTOR}, body, "https://mycompany.com")


@pytest.mark.parametrize("given", ["", "x", "RSOYDt4T1cUTdK1PDd93/VVr8B8", VECTOR + "=", "ជួយ"])
def test_a_wrong_or_strange_signature_is_refused(given: str) -> None:
    body = urlencode(VECTOR_FORM).encode()
    assert not _ok("/myapp.php?foo=1&bar=2", {HEADER: given}, body, "https://mycompany.com")


def test_a_missing_header_is_a_refusal() -> None:
    assert not _ok("/hooks/twilio/status", {}, b"")


def test_an_account_without_a_token_lets_nobody_in() -> None:
    assert not verify("", BASE, "/x", {HEADER: sign("", BASE + "/x", {})}, b"")


@pytest.mark.parametrize("name", [HEADER, HEADER.lower(), HEADER.upper()])
def test_the_headers_name_may_be_in_any_case(name: str) -> None:
    assert _ok("/x", {name: sign("12345", f"{BASE}/x", {"a": "b"})}, b"a=b")


def test_blank_values_are_covered_by_the_signature() -> None:
    signature = sign("12345", f"{BASE}/x", {"Body": "", "From": "x"})
    assert _ok("/x", {HEADER: signature}, b"Body=&From=x")


@pytest.mark.parametrize(
    ("base", "signed"),
    [
        ("https://outreach.example.org", "https://outreach.example.org:443/x?attempt=at_1"),
        ("https://outreach.example.org:443", "https://outreach.example.org/x?attempt=at_1"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/x?attempt=at_1"),
        ("https://example.org/outreach/", "https://example.org/outreach/x?attempt=at_1"),
    ],
)
def test_the_public_address_counts_however_its_port_is_written(base: str, signed: str) -> None:
    assert _ok("/x?attempt=at_1", {HEADER: sign("12345", signed, {"a": "b"})}, b"a=b", base)


def test_the_query_is_covered_byte_for_byte() -> None:
    signature = sign("12345", f"{BASE}/x?a=1%202", {})
    assert _ok("/x?a=1%202", {HEADER: signature}, b"")
    assert not _ok("/x?a=1+2", {HEADER: signature}, b"")


def test_a_json_body_is_covered_by_its_digest_in_the_address() -> None:
    body = '{"ជួយ": 1}'.encode()
    path = f"/x?bodySHA256={hashlib.sha256(body).hexdigest()}"
    headers = {HEADER: sign("12345", BASE + path, {})}
    assert _ok(path, headers, body)
    assert not _ok(path, headers, body + b" ")


@pytest.mark.parametrize("body", [b"\xff\xfe=1", b"a=%zz&b", b"&" * 50, b"\x00"])
def test_unreadable_bodies_are_refused_and_never_raise(body: bytes) -> None:
    assert not _ok("/x", {HEADER: VECTOR}, body)


def test_an_unreadable_address_is_refused() -> None:
    assert not _ok("http://[::1/x", {HEADER: VECTOR}, b"")


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=8), max_size=5))
def test_it_agrees_with_the_sdks_own_validator(form: dict[str, str]) -> None:
    url = f"{BASE}/x?attempt=at_1"
    theirs = RequestValidator("12345").compute_signature(url, form)
    assert sign("12345", url, form) == theirs
