from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.operator import Operator


T = TypeVar("T", bound="OperatorsSetGrantsResponse200")


@_attrs_define
class OperatorsSetGrantsResponse200:
    """
    Attributes:
        operator (Operator):
    """

    operator: Operator

    def to_dict(self) -> dict[str, Any]:
        operator = self.operator.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "operator": operator,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.operator import Operator

        d = dict(src_dict)
        operator = Operator.from_dict(d.pop("operator"))

        operators_set_grants_response_200 = cls(
            operator=operator,
        )

        return operators_set_grants_response_200
