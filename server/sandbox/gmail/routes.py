"""The blueprint on which every file of this package puts its methods."""

from flask import Blueprint, Response

from server.sandbox.envelope import Refusal

gmail = Blueprint("gmail", __name__)
USER = "/gmail/v1/users/<user>"
UPLOAD = "/upload/gmail/v1/users/<user>"


@gmail.app_errorhandler(Refusal)
def _refuse(refusal: Refusal) -> Response:
    return refusal.answer()
