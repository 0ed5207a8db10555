from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="RevocationsRevokeBody")


@_attrs_define
class RevocationsRevokeBody:
    """
    Attributes:
        user_id (str | Unset):
        token_id (str | Unset):
        token (str | Unset):
        issued_before (int | Unset):
    """

    user_id: str | Unset = UNSET
    token_id: str | Unset = UNSET
    token: str | Unset = UNSET
    issued_before: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        user_id = self.user_id

        token_id = self.token_id

        token = self.token

        issued_before = self.issued_before

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if user_id is not UNSET:
            field_dict["userId"] = user_id
        if token_id is not UNSET:
            field_dict["tokenId"] = token_id
        if token is not UNSET:
            field_dict["token"] = token
        if issued_before is not UNSET:
            field_dict["issuedBefore"] = issued_before

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        user_id = d.pop("userId", UNSET)

        token_id = d.pop("tokenId", UNSET)

        token = d.pop("token", UNSET)

        issued_before = d.pop("issuedBefore", UNSET)

        revocations_revoke_body = cls(
            user_id=user_id,
            token_id=token_id,
            token=token,
            issued_before=issued_before,
        )

        return revocations_revoke_body
