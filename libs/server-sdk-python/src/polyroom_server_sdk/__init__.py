"""Tokens and webhook signatures for application servers of Polyroom."""

from ._errors import ArgumentError, TokenError, WebhookSignatureError
from ._token_options import RoomGrant
from .token04 import Token04Room, create_token04
from .tokens import create_token
from .verify import VerifiedToken, verify_token
from .webhooks import (
    WEBHOOK_SIGNATURE_HEADER,
    sign_webhook,
    sign_zego_callback,
    verify_webhook,
    verify_zego_callback,
)

__all__ = [
    "ArgumentError",
    "RoomGrant",
    "Token04Room",
    "TokenError",
    "VerifiedToken",
    "WEBHOOK_SIGNATURE_HEADER",
    "WebhookSignatureError",
    "create_token",
    "create_token04",
    "sign_webhook",
    "sign_zego_callback",
    "verify_token",
    "verify_webhook",
    "verify_zego_callback",
]
