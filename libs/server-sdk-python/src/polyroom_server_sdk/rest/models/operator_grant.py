from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.operator_role import OperatorRole, check_operator_role
from ..types import UNSET, Unset

T = TypeVar("T", bound="OperatorGrant")


@_attrs_define
class OperatorGrant:
    """
    Attributes:
        role (OperatorRole):
        app_id (int | Unset):
    """

    role: OperatorRole
    app_id: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        role: str = self.role

        app_id = self.app_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "role": role,
            }
        )
        if app_id is not UNSET:
            field_dict["appId"] = app_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        role = check_operator_role(d.pop("role"))

        app_id = d.pop("appId", UNSET)

        operator_grant = cls(
            role=role,
            app_id=app_id,
        )

        return operator_grant
