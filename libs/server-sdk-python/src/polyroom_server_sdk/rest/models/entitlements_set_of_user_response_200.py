from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.entitlement import Entitlement


T = TypeVar("T", bound="EntitlementsSetOfUserResponse200")


@_attrs_define
class EntitlementsSetOfUserResponse200:
    """
    Attributes:
        entitlement (Entitlement):
        version (int):
        warnings (list[str] | Unset):
    """

    entitlement: Entitlement
    version: int
    warnings: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        entitlement = self.entitlement.to_dict()

        version = self.version

        warnings: list[str] | Unset = UNSET
        if not isinstance(self.warnings, Unset):
            warnings = self.warnings

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "entitlement": entitlement,
                "version": version,
            }
        )
        if warnings is not UNSET:
            field_dict["warnings"] = warnings

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.entitlement import Entitlement

        d = dict(src_dict)
        entitlement = Entitlement.from_dict(d.pop("entitlement"))

        version = d.pop("version")

        warnings = cast(list[str], d.pop("warnings", UNSET))

        entitlements_set_of_user_response_200 = cls(
            entitlement=entitlement,
            version=version,
            warnings=warnings,
        )

        return entitlements_set_of_user_response_200
