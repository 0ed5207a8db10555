from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="SecretsReplaceAppSignBody")


@_attrs_define
class SecretsReplaceAppSignBody:
    """
    Attributes:
        app_sign (str | Unset):
        old_valid_until_ms (int | Unset):
    """

    app_sign: str | Unset = UNSET
    old_valid_until_ms: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        app_sign = self.app_sign

        old_valid_until_ms = self.old_valid_until_ms

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if app_sign is not UNSET:
            field_dict["appSign"] = app_sign
        if old_valid_until_ms is not UNSET:
            field_dict["oldValidUntilMs"] = old_valid_until_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        app_sign = d.pop("appSign", UNSET)

        old_valid_until_ms = d.pop("oldValidUntilMs", UNSET)

        secrets_replace_app_sign_body = cls(
            app_sign=app_sign,
            old_valid_until_ms=old_valid_until_ms,
        )

        return secrets_replace_app_sign_body
