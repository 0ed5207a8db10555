from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.secret import Secret


T = TypeVar("T", bound="SecretsAddResponse201")


@_attrs_define
class SecretsAddResponse201:
    """
    Attributes:
        secret (Secret):
        server_secret (str):
    """

    secret: Secret
    server_secret: str

    def to_dict(self) -> dict[str, Any]:
        secret = self.secret.to_dict()

        server_secret = self.server_secret

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "secret": secret,
                "serverSecret": server_secret,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.secret import Secret

        d = dict(src_dict)
        secret = Secret.from_dict(d.pop("secret"))

        server_secret = d.pop("serverSecret")

        secrets_add_response_201 = cls(
            secret=secret,
            server_secret=server_secret,
        )

        return secrets_add_response_201
