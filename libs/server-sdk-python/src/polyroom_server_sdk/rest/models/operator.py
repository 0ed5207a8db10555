from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.operator_grant import OperatorGrant


T = TypeVar("T", bound="Operator")


@_attrs_define
class Operator:
    """
    Attributes:
        operator_id (str):
        email (str):
        name (str):
        grants (list[OperatorGrant]):
        enabled (bool):
        must_change_password (bool):
        has_password (bool):
        has_totp (bool):
        passkeys (int):
        created_at_ms (int):
    """

    operator_id: str
    email: str
    name: str
    grants: list[OperatorGrant]
    enabled: bool
    must_change_password: bool
    has_password: bool
    has_totp: bool
    passkeys: int
    created_at_ms: int

    def to_dict(self) -> dict[str, Any]:
        operator_id = self.operator_id

        email = self.email

        name = self.name

        grants = []
        for grants_item_data in self.grants:
            grants_item = grants_item_data.to_dict()
            grants.append(grants_item)

        enabled = self.enabled

        must_change_password = self.must_change_password

        has_password = self.has_password

        has_totp = self.has_totp

        passkeys = self.passkeys

        created_at_ms = self.created_at_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "operatorId": operator_id,
                "email": email,
                "name": name,
                "grants": grants,
                "enabled": enabled,
                "mustChangePassword": must_change_password,
                "hasPassword": has_password,
                "hasTotp": has_totp,
                "passkeys": passkeys,
                "createdAtMs": created_at_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.operator_grant import OperatorGrant

        d = dict(src_dict)
        operator_id = d.pop("operatorId")

        email = d.pop("email")

        name = d.pop("name")

        grants = []
        _grants = d.pop("grants")
        for grants_item_data in _grants:
            grants_item = OperatorGrant.from_dict(grants_item_data)

            grants.append(grants_item)

        enabled = d.pop("enabled")

        must_change_password = d.pop("mustChangePassword")

        has_password = d.pop("hasPassword")

        has_totp = d.pop("hasTotp")

        passkeys = d.pop("passkeys")

        created_at_ms = d.pop("createdAtMs")

        operator = cls(
            operator_id=operator_id,
            email=email,
            name=name,
            grants=grants,
            enabled=enabled,
            must_change_password=must_change_password,
            has_password=has_password,
            has_totp=has_totp,
            passkeys=passkeys,
            created_at_ms=created_at_ms,
        )

        return operator
