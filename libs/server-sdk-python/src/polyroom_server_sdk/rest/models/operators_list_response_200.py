from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.operator import Operator


T = TypeVar("T", bound="OperatorsListResponse200")


@_attrs_define
class OperatorsListResponse200:
    """
    Attributes:
        operators (list[Operator]):
    """

    operators: list[Operator]

    def to_dict(self) -> dict[str, Any]:
        operators = []
        for operators_item_data in self.operators:
            operators_item = operators_item_data.to_dict()
            operators.append(operators_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "operators": operators,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.operator import Operator

        d = dict(src_dict)
        operators = []
        _operators = d.pop("operators")
        for operators_item_data in _operators:
            operators_item = Operator.from_dict(operators_item_data)

            operators.append(operators_item)

        operators_list_response_200 = cls(
            operators=operators,
        )

        return operators_list_response_200
