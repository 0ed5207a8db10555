from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.entitlement import Entitlement


T = TypeVar("T", bound="EntitlementsListResponse200")


@_attrs_define
class EntitlementsListResponse200:
    """
    Attributes:
        entitlements (list[Entitlement]):
        version (int):
    """

    entitlements: list[Entitlement]
    version: int

    def to_dict(self) -> dict[str, Any]:
        entitlements = []
        for entitlements_item_data in self.entitlements:
            entitlements_item = entitlements_item_data.to_dict()
            entitlements.append(entitlements_item)

        version = self.version

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "entitlements": entitlements,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.entitlement import Entitlement

        d = dict(src_dict)
        entitlements = []
        _entitlements = d.pop("entitlements")
        for entitlements_item_data in _entitlements:
            entitlements_item = Entitlement.from_dict(entitlements_item_data)

            entitlements.append(entitlements_item)

        version = d.pop("version")

        entitlements_list_response_200 = cls(
            entitlements=entitlements,
            version=version,
        )

        return entitlements_list_response_200
