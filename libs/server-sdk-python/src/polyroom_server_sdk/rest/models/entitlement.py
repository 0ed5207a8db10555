from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.entitlement_stored import EntitlementStored


T = TypeVar("T", bound="Entitlement")


@_attrs_define
class Entitlement:
    """
    Attributes:
        name (str):
        value (bool | float | str):
        overridden (bool):
        stored (EntitlementStored | Unset):
    """

    name: str
    value: bool | float | str
    overridden: bool
    stored: EntitlementStored | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        value: bool | float | str
        value = self.value

        overridden = self.overridden

        stored: dict[str, Any] | Unset = UNSET
        if not isinstance(self.stored, Unset):
            stored = self.stored.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "value": value,
                "overridden": overridden,
            }
        )
        if stored is not UNSET:
            field_dict["stored"] = stored

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.entitlement_stored import EntitlementStored

        d = dict(src_dict)
        name = d.pop("name")

        def _parse_value(data: object) -> bool | float | str:
            return cast(bool | float | str, data)

        value = _parse_value(d.pop("value"))

        overridden = d.pop("overridden")

        _stored = d.pop("stored", UNSET)
        stored: EntitlementStored | Unset
        if isinstance(_stored, Unset):
            stored = UNSET
        else:
            stored = EntitlementStored.from_dict(_stored)

        entitlement = cls(
            name=name,
            value=value,
            overridden=overridden,
            stored=stored,
        )

        return entitlement
