from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.api_key import ApiKey


T = TypeVar("T", bound="ApiKeysCreateResponse201")


@_attrs_define
class ApiKeysCreateResponse201:
    """
    Attributes:
        api_key (ApiKey):
        key (str):
    """

    api_key: ApiKey
    key: str

    def to_dict(self) -> dict[str, Any]:
        api_key = self.api_key.to_dict()

        key = self.key

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "apiKey": api_key,
                "key": key,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.api_key import ApiKey

        d = dict(src_dict)
        api_key = ApiKey.from_dict(d.pop("apiKey"))

        key = d.pop("key")

        api_keys_create_response_201 = cls(
            api_key=api_key,
            key=key,
        )

        return api_keys_create_response_201
