from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.api_keys_create_body_permissions_item import (
    ApiKeysCreateBodyPermissionsItem,
    check_api_keys_create_body_permissions_item,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="ApiKeysCreateBody")


@_attrs_define
class ApiKeysCreateBody:
    """
    Attributes:
        name (str):
        permissions (list[ApiKeysCreateBodyPermissionsItem]):
        expires_in_ms (int | Unset):  Default: 7776000000.
    """

    name: str
    permissions: list[ApiKeysCreateBodyPermissionsItem]
    expires_in_ms: int | Unset = 7776000000

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        permissions = []
        for permissions_item_data in self.permissions:
            permissions_item: str = permissions_item_data
            permissions.append(permissions_item)

        expires_in_ms = self.expires_in_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "permissions": permissions,
            }
        )
        if expires_in_ms is not UNSET:
            field_dict["expiresInMs"] = expires_in_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name")

        permissions = []
        _permissions = d.pop("permissions")
        for permissions_item_data in _permissions:
            permissions_item = check_api_keys_create_body_permissions_item(
                permissions_item_data
            )

            permissions.append(permissions_item)

        expires_in_ms = d.pop("expiresInMs", UNSET)

        api_keys_create_body = cls(
            name=name,
            permissions=permissions,
            expires_in_ms=expires_in_ms,
        )

        return api_keys_create_body
