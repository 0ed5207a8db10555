from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.operator_grant import OperatorGrant


T = TypeVar("T", bound="OperatorsSetGrantsBody")


@_attrs_define
class OperatorsSetGrantsBody:
    """
    Attributes:
        grants (list[OperatorGrant]):
    """

    grants: list[OperatorGrant]

    def to_dict(self) -> dict[str, Any]:
        grants = []
        for grants_item_data in self.grants:
            grants_item = grants_item_data.to_dict()
            grants.append(grants_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "grants": grants,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.operator_grant import OperatorGrant

        d = dict(src_dict)
        grants = []
        _grants = d.pop("grants")
        for grants_item_data in _grants:
            grants_item = OperatorGrant.from_dict(grants_item_data)

            grants.append(grants_item)

        operators_set_grants_body = cls(
            grants=grants,
        )

        return operators_set_grants_body
