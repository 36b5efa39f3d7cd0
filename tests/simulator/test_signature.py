"""The network's signature is Twilio's."""

from outreach.simulator.signature import sign


def test_the_published_vector_comes_out() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert sign("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
