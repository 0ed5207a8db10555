from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="ApiKey")


@_attrs_define
class ApiKey:
    """
    Attributes:
        key_id (str):
        name (str):
        permissions (list[str]):
        created_at_ms (int):
        created_by (str):
        expires_at_ms (int):
        revoked_at_ms (int | Unset):
        last_used_at_ms (int | Unset):
    """

    key_id: str
    name: str
    permissions: list[str]
    created_at_ms: int
    created_by: str
    expires_at_ms: int
    revoked_at_ms: int | Unset = UNSET
    last_used_at_ms: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        key_id = self.key_id

        name = self.name

        permissions = self.permissions

        created_at_ms = self.created_at_ms

        created_by = self.created_by

        expires_at_ms = self.expires_at_ms

        revoked_at_ms = self.revoked_at_ms

        last_used_at_ms = self.last_used_at_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "keyId": key_id,
                "name": name,
                "permissions": permissions,
                "createdAtMs": created_at_ms,
                "createdBy": created_by,
                "expiresAtMs": expires_at_ms,
            }
        )
        if revoked_at_ms is not UNSET:
            field_dict["revokedAtMs"] = revoked_at_ms
        if last_used_at_ms is not UNSET:
            field_dict["lastUsedAtMs"] = last_used_at_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        key_id = d.pop("keyId")

        name = d.pop("name")

        permissions = cast(list[str], d.pop("permissions"))

        created_at_ms = d.pop("createdAtMs")

        created_by = d.pop("createdBy")

        expires_at_ms = d.pop("expiresAtMs")

        revoked_at_ms = d.pop("revokedAtMs", UNSET)

        last_used_at_ms = d.pop("lastUsedAtMs", UNSET)

        api_key = cls(
            key_id=key_id,
            name=name,
            permissions=permissions,
            created_at_ms=created_at_ms,
            created_by=created_by,
            expires_at_ms=expires_at_ms,
            revoked_at_ms=revoked_at_ms,
            last_used_at_ms=last_used_at_ms,
        )

        return api_key
