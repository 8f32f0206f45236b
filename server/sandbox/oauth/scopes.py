"""Every scope the sandbox knows, and what the consent page calls it."""

_GMAIL = "https://www.googleapis.com/auth/"

SIGN_IN = {
    "openid": "Associate you with your personal info on Google",
    "https://www.googleapis.com/auth/userinfo.email": "See your primary Google Account email address",
    "https://www.googleapis.com/auth/userinfo.profile": "See your personal info, including any you've made public",
}
_SHORT = {
    "email": "https://www.googleapis.com/auth/userinfo.email",
    "profile": "https://www.googleapis.com/auth/userinfo.profile",
}
ASKED_FOR = {
    "https://mail.google.com/": "Read, compose, send, and permanently delete all your email from Gmail",
    _GMAIL + "gmail.readonly": "View your email messages and settings",
    _GMAIL + "gmail.metadata": "View your email message metadata such as labels and headers, but not the email body",
    _GMAIL + "gmail.modify": "Read, compose, and send emails from your Gmail account",
    _GMAIL + "gmail.compose": "Manage drafts and send emails",
    _GMAIL + "gmail.send": "Send email on your behalf",
    _GMAIL + "gmail.insert": "Add emails into your Gmail mailbox",
    _GMAIL + "gmail.labels": "See and edit your email labels",
    _GMAIL + "gmail.settings.basic": "See, edit, create, or change your email settings and filters in Gmail",
    _GMAIL + "gmail.settings.sharing": "Manage your sensitive mail settings, including who can manage your mail",
    _GMAIL + "gmail.addons.execute": "Run as a Gmail add-on",
    _GMAIL + "gmail.addons.current.action.compose": "Manage drafts and send emails when you interact with the add-on",
    _GMAIL + "gmail.addons.current.message.action": "View your email messages when you interact with the add-on",
    _GMAIL + "gmail.addons.current.message.metadata": "View your email message metadata when the add-on is running",
    _GMAIL + "gmail.addons.current.message.readonly": "View your email messages when the add-on is running",
    _GMAIL + "script.locale": "View your country, language, and timezone",
}
KNOWN = SIGN_IN | ASKED_FOR


def scopes_in(text: str) -> list[str]:
    """Long names, each once, in the order asked."""
    return list(dict.fromkeys(_SHORT.get(scope, scope) for scope in text.split()))


def unknown(scopes: list[str]) -> list[str]:
    return [scope for scope in scopes if scope not in KNOWN]
