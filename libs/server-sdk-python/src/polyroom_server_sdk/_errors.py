"""The errors of the package. Codes are those of the servers (docs/errors.md)."""

from __future__ import annotations

ILLEGAL_PARAM = 1000017


class ArgumentError(ValueError):
    """An argument is missing or wrong. The message begins with the argument."""

    def __init__(self, argument: str, problem: str, code: int = ILLEGAL_PARAM) -> None:
        super().__init__(f"{argument}: {problem.rstrip('.')}.")
        self.argument = argument
        self.code = code


class TokenError(Exception):
    """A token is forged, expired, or of another AppID."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


_webhook_messages = {
    "malformed": "The signature is missing or malformed.",
    "mismatch": "The signature does not match: the secret is another one, or the body was changed or parsed.",
    "stale": "The timestamp is too far from the current time: the request is a repeated one, or a clock is wrong.",
}


class WebhookSignatureError(Exception):
    """A request is not to be trusted: answer it with 400 and ignore its body."""

    def __init__(self, reason: str) -> None:
        super().__init__(_webhook_messages[reason])
        #: ``malformed``, ``mismatch`` or ``stale``.
        self.reason = reason
