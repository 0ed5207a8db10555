from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="SecretsAddBody")


@_attrs_define
class SecretsAddBody:
    """
    Attributes:
        server_secret (str | Unset):
    """

    server_secret: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        server_secret = self.server_secret

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if server_secret is not UNSET:
            field_dict["serverSecret"] = server_secret

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        server_secret = d.pop("serverSecret", UNSET)

        secrets_add_body = cls(
            server_secret=server_secret,
        )

        return secrets_add_body
