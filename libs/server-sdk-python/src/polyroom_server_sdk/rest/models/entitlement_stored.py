from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="EntitlementStored")


@_attrs_define
class EntitlementStored:
    """
    Attributes:
        value (bool | float | str):
        from_ms (int | Unset):
        until_ms (int | Unset):
        note (str | Unset):
    """

    value: bool | float | str
    from_ms: int | Unset = UNSET
    until_ms: int | Unset = UNSET
    note: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        value: bool | float | str
        value = self.value

        from_ms = self.from_ms

        until_ms = self.until_ms

        note = self.note

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "value": value,
            }
        )
        if from_ms is not UNSET:
            field_dict["fromMs"] = from_ms
        if until_ms is not UNSET:
            field_dict["untilMs"] = until_ms
        if note is not UNSET:
            field_dict["note"] = note

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_value(data: object) -> bool | float | str:
            return cast(bool | float | str, data)

        value = _parse_value(d.pop("value"))

        from_ms = d.pop("fromMs", UNSET)

        until_ms = d.pop("untilMs", UNSET)

        note = d.pop("note", UNSET)

        entitlement_stored = cls(
            value=value,
            from_ms=from_ms,
            until_ms=until_ms,
            note=note,
        )

        return entitlement_stored
