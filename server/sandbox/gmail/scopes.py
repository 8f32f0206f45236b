"""Which scopes open which method."""

_AUTH = "https://www.googleapis.com/auth/"
FULL = "https://mail.google.com/"
METADATA = _AUTH + "gmail.metadata"


def _any(*names: str) -> frozenset[str]:
    return frozenset({FULL, *(_AUTH + "gmail." + name for name in names)})


_READ = _any("modify", "readonly", "metadata")
_OPEN = _READ | _any("addons.current.message.action", "addons.current.message.metadata", "addons.current.message.readonly")
_WRITE = _any("modify", "compose", "addons.current.action.compose")
_SEE_DRAFTS = _any("modify", "compose", "readonly")
_CHANGE = _any("modify")
_SETTINGS = _any("modify", "readonly", "settings.basic")

SCOPES = {
    "gmail.users.getProfile": _READ | _any("compose"),
    "gmail.users.watch": _READ,
    "gmail.users.stop": _READ,
    "gmail.users.history.list": _READ,
    "gmail.users.labels.list": _READ | _any("labels"),
    "gmail.users.messages.get": _OPEN,
    "gmail.users.messages.list": _READ,
    "gmail.users.messages.send": _WRITE | _any("send"),
    "gmail.users.messages.modify": _CHANGE,
    "gmail.users.messages.trash": _CHANGE,
    "gmail.users.messages.untrash": _CHANGE,
    "gmail.users.messages.delete": frozenset({FULL}),
    "gmail.users.messages.attachments.get": _any(
        "modify", "readonly", "addons.current.message.action", "addons.current.message.readonly"
    ),
    "gmail.users.drafts.create": _WRITE,
    "gmail.users.drafts.update": _WRITE,
    "gmail.users.drafts.send": _WRITE,
    "gmail.users.drafts.delete": _WRITE,
    "gmail.users.drafts.get": _SEE_DRAFTS,
    "gmail.users.drafts.list": _SEE_DRAFTS,
    "gmail.users.threads.get": _OPEN,
    "gmail.users.threads.list": _READ,
    "gmail.users.settings.sendAs.list": _SETTINGS,
    "gmail.users.settings.sendAs.get": _SETTINGS,
}
