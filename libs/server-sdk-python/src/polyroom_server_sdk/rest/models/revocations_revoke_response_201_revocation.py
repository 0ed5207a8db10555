from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="RevocationsRevokeResponse201Revocation")


@_attrs_define
class RevocationsRevokeResponse201Revocation:
    """
    Attributes:
        user_id (str | Unset):
        token_id (str | Unset):
        issued_before_ms (int | Unset):
    """

    user_id: str | Unset = UNSET
    token_id: str | Unset = UNSET
    issued_before_ms: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        user_id = self.user_id

        token_id = self.token_id

        issued_before_ms = self.issued_before_ms

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if user_id is not UNSET:
            field_dict["userId"] = user_id
        if token_id is not UNSET:
            field_dict["tokenId"] = token_id
        if issued_before_ms is not UNSET:
            field_dict["issuedBeforeMs"] = issued_before_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        user_id = d.pop("userId", UNSET)

        token_id = d.pop("tokenId", UNSET)

        issued_before_ms = d.pop("issuedBeforeMs", UNSET)

        revocations_revoke_response_201_revocation = cls(
            user_id=user_id,
            token_id=token_id,
            issued_before_ms=issued_before_ms,
        )

        return revocations_revoke_response_201_revocation
