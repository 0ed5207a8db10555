from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

T = TypeVar("T", bound="ApiKeysSetExpiryBody")


@_attrs_define
class ApiKeysSetExpiryBody:
    """
    Attributes:
        expires_in_ms (int):
    """

    expires_in_ms: int

    def to_dict(self) -> dict[str, Any]:
        expires_in_ms = self.expires_in_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "expiresInMs": expires_in_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        expires_in_ms = d.pop("expiresInMs")

        api_keys_set_expiry_body = cls(
            expires_in_ms=expires_in_ms,
        )

        return api_keys_set_expiry_body
