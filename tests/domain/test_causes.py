import pytest

from server.domain import causes


@pytest.mark.parametrize(
    ("error", "says", "cause"),
    [
        ("invalid_client_id", "client identifier invalid", causes.SALESFORCE_CLIENT),
        ("invalid_client", "invalid client credentials", causes.SALESFORCE_SECRET),
        ("invalid_grant", "request not supported on this domain", causes.SALESFORCE_DOMAIN),
        ("invalid_grant", "no client credentials user enabled", causes.SALESFORCE_RUN_AS),
        ("invalid_grant", "audience is invalid", causes.SALESFORCE_AUDIENCE),
        ("invalid_grant", "user hasn't approved this consumer", causes.SALESFORCE_USER),
        ("invalid_grant", "invalid assertion", causes.SALESFORCE_KEY),
        ("inactive_org", "", causes.SALESFORCE_OTHER),
    ],
)
def test_salesforce_says_by_its_sentence_what_is_wrong(error: str, says: str, cause: str) -> None:
    assert causes.of_salesforce(error, says) == cause


@pytest.mark.parametrize(
    ("error", "says", "cause"),
    [
        ("invalid_grant", "Malformed auth code.", ""),
        ("invalid_client", "The OAuth client was not found.", causes.GOOGLE_CLIENT),
        ("invalid_client", "The provided client secret is invalid.", causes.GOOGLE_SECRET),
        ("redirect_uri_mismatch", "", causes.GOOGLE_REDIRECT),
        ("org_internal", "", causes.GOOGLE_POLICY),
        ("unsupported", "", causes.GOOGLE_OTHER),
    ],
)
def test_google_says_whether_it_is_the_client_or_its_secret(error: str, says: str, cause: str) -> None:
    assert causes.of_google(error, says) == cause
