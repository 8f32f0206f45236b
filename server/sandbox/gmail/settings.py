"""settings.sendAs: the addresses an account may write from."""

from server.errors import NotFound
from server.sandbox.accounts import Account
from server.sandbox.gmail.call import Call, Json, method
from server.sandbox.gmail.fields import SEND_AS, SEND_ASES
from server.sandbox.gmail.routes import USER, gmail


@gmail.get(USER + "/settings/sendAs")
@method("gmail.users.settings.sendAs.list", SEND_ASES)
def list_send_as(call: Call) -> Json:
    account = call.mailbox.account
    return {"sendAs": [_json(account, address) for address in account.addresses]}


@gmail.get(USER + "/settings/sendAs/<address>")
@method("gmail.users.settings.sendAs.get", SEND_AS)
def get_send_as(call: Call, address: str) -> Json:
    if not call.mailbox.account.owns(address):
        raise NotFound("Requested entity was not found.")
    return _json(call.mailbox.account, address.lower())


def _json(account: Account, address: str) -> Json:
    shown: Json = {"sendAsEmail": address, "displayName": account.name, "replyToAddress": "", "signature": ""}
    if address == account.address:
        return shown | {"isPrimary": True, "isDefault": True, "signature": account.signature}
    return shown | {"treatAsAlias": True, "verificationStatus": "accepted"}
