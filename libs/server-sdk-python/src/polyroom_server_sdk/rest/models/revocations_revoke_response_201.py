from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.revocations_revoke_response_201_revocation import (
        RevocationsRevokeResponse201Revocation,
    )


T = TypeVar("T", bound="RevocationsRevokeResponse201")


@_attrs_define
class RevocationsRevokeResponse201:
    """
    Attributes:
        revocation (RevocationsRevokeResponse201Revocation):
        expires_at_ms (int):
    """

    revocation: RevocationsRevokeResponse201Revocation
    expires_at_ms: int

    def to_dict(self) -> dict[str, Any]:
        revocation = self.revocation.to_dict()

        expires_at_ms = self.expires_at_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "revocation": revocation,
                "expiresAtMs": expires_at_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.revocations_revoke_response_201_revocation import (
            RevocationsRevokeResponse201Revocation,
        )

        d = dict(src_dict)
        revocation = RevocationsRevokeResponse201Revocation.from_dict(
            d.pop("revocation")
        )

        expires_at_ms = d.pop("expiresAtMs")

        revocations_revoke_response_201 = cls(
            revocation=revocation,
            expires_at_ms=expires_at_ms,
        )

        return revocations_revoke_response_201
