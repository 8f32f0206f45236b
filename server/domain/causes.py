"""Why a service outside does not do what it should, as the catalogues word it (`cause.<name>`): what an admin can mend."""

from typing import Final

ADDRESS: Final = "address"
CERTIFICATE: Final = "certificate"
UNREACHABLE: Final = "unreachable"
SILENT: Final = "silent"
FAILING: Final = "failing"
BUSY: Final = "busy"
QUOTA: Final = "quota"
TOKEN: Final = "token"  # noqa: S105  a name

GOOGLE_CLIENT: Final = "google-client"
GOOGLE_SECRET: Final = "google-secret"  # noqa: S105  a name
GOOGLE_REDIRECT: Final = "google-redirect"
GOOGLE_API: Final = "google-api"
GOOGLE_POLICY: Final = "google-policy"
GOOGLE_OTHER: Final = "google-other"
GMAIL_NONE: Final = "gmail-none"
GMAIL_RECONNECT: Final = "gmail-reconnect"
PUSH_FORM: Final = "push-form"
PUSH_TOPIC: Final = "push-topic"
PUSH_PERMISSION: Final = "push-permission"
PUSH_AUDIENCE: Final = "push-audience"
PUSH_ACCOUNT: Final = "push-account"
PUSH_MISSING: Final = "push-missing"
ADD_ON_ACCOUNT: Final = "addon-account"
ADD_ON_CLIENT: Final = "addon-client"
ADD_ON_MISSING: Final = "addon-missing"

MARKETO_ADDRESS: Final = "marketo-address"
MARKETO_CLIENT: Final = "marketo-client"
MARKETO_SECRET: Final = "marketo-secret"  # noqa: S105  a name
MARKETO_PERMISSION: Final = "marketo-permission"
MARKETO_FIELD: Final = "marketo-field"
MARKETO_NETWORK: Final = "marketo-network"

SALESFORCE_ADDRESS: Final = "salesforce-address"
SALESFORCE_CLIENT: Final = "salesforce-client"
SALESFORCE_SECRET: Final = "salesforce-secret"  # noqa: S105  a name
SALESFORCE_DOMAIN: Final = "salesforce-domain"
SALESFORCE_RUN_AS: Final = "salesforce-run-as"
SALESFORCE_NO_KEY: Final = "salesforce-no-key"
SALESFORCE_KEY: Final = "salesforce-key"
SALESFORCE_AUDIENCE: Final = "salesforce-audience"
SALESFORCE_USER: Final = "salesforce-user"
SALESFORCE_PERMISSION: Final = "salesforce-permission"
SALESFORCE_API: Final = "salesforce-api"
SALESFORCE_OTHER: Final = "salesforce-other"

SMTP_PASSWORD: Final = "smtp-password"  # noqa: S105  a name
SMTP_OFFER: Final = "smtp-offer"
SMTP_TLS: Final = "smtp-tls"
SMTP_SENDER: Final = "smtp-sender"
SMTP_REFUSED: Final = "smtp-refused"

WEBPUSH_SIGNATURE: Final = "webpush-signature"

_SALESFORCE = (
    ("invalid_client_id", "", SALESFORCE_CLIENT),
    ("invalid_client", "", SALESFORCE_SECRET),
    ("invalid_grant", "not supported on this domain", SALESFORCE_DOMAIN),
    ("invalid_grant", "no client credentials user", SALESFORCE_RUN_AS),
    ("invalid_grant", "audience", SALESFORCE_AUDIENCE),
    ("invalid_grant", "approved", SALESFORCE_USER),
    ("invalid_grant", "assertion", SALESFORCE_KEY),
    ("invalid_app_access", "", SALESFORCE_USER),
)


def of_salesforce(error: str, description: str) -> str:
    """Of what Salesforce says when it does not give a token: the kind says little, the sentence more."""
    said = description.lower()
    return next((cause for kind, part, cause in _SALESFORCE if kind == error and part in said), SALESFORCE_OTHER)


def of_google(error: str, description: str = "") -> str:
    """Of what Google's token endpoint or consent page answers about a client; empty when it knows the client."""
    if error in ("", "invalid_grant"):
        return ""
    if error in ("invalid_client", "deleted_client", "disabled_client", "unauthorized_client"):
        return GOOGLE_SECRET if "secret" in description.lower() else GOOGLE_CLIENT
    return {"redirect_uri_mismatch": GOOGLE_REDIRECT, "org_internal": GOOGLE_POLICY}.get(error, GOOGLE_OTHER)
