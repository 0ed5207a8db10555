from typing import Literal, cast

CredentialKind = Literal["appSign", "native", "token04"]


def check_credential_kind(value: str) -> CredentialKind:
    return cast(CredentialKind, value)
