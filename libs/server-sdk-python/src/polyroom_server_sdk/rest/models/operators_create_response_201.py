from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.operator import Operator


T = TypeVar("T", bound="OperatorsCreateResponse201")


@_attrs_define
class OperatorsCreateResponse201:
    """
    Attributes:
        operator (Operator):
        temporary_password (str):
    """

    operator: Operator
    temporary_password: str

    def to_dict(self) -> dict[str, Any]:
        operator = self.operator.to_dict()

        temporary_password = self.temporary_password

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "operator": operator,
                "temporaryPassword": temporary_password,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.operator import Operator

        d = dict(src_dict)
        operator = Operator.from_dict(d.pop("operator"))

        temporary_password = d.pop("temporaryPassword")

        operators_create_response_201 = cls(
            operator=operator,
            temporary_password=temporary_password,
        )

        return operators_create_response_201
