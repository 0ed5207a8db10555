from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.credential_kind import CredentialKind, check_credential_kind

T = TypeVar("T", bound="App")


@_attrs_define
class App:
    """
    Attributes:
        app_id (int):
        name (str):
        enabled (bool):
        credential_kinds (list[CredentialKind]):
        max_token_seconds (int | None):
        created_at_ms (int):
    """

    app_id: int
    name: str
    enabled: bool
    credential_kinds: list[CredentialKind]
    max_token_seconds: int | None
    created_at_ms: int

    def to_dict(self) -> dict[str, Any]:
        app_id = self.app_id

        name = self.name

        enabled = self.enabled

        credential_kinds = []
        for credential_kinds_item_data in self.credential_kinds:
            credential_kinds_item: str = credential_kinds_item_data
            credential_kinds.append(credential_kinds_item)

        max_token_seconds: int | None
        max_token_seconds = self.max_token_seconds

        created_at_ms = self.created_at_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "appId": app_id,
                "name": name,
                "enabled": enabled,
                "credentialKinds": credential_kinds,
                "maxTokenSeconds": max_token_seconds,
                "createdAtMs": created_at_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        app_id = d.pop("appId")

        name = d.pop("name")

        enabled = d.pop("enabled")

        credential_kinds = []
        _credential_kinds = d.pop("credentialKinds")
        for credential_kinds_item_data in _credential_kinds:
            credential_kinds_item = check_credential_kind(credential_kinds_item_data)

            credential_kinds.append(credential_kinds_item)

        def _parse_max_token_seconds(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_token_seconds = _parse_max_token_seconds(d.pop("maxTokenSeconds"))

        created_at_ms = d.pop("createdAtMs")

        app = cls(
            app_id=app_id,
            name=name,
            enabled=enabled,
            credential_kinds=credential_kinds,
            max_token_seconds=max_token_seconds,
            created_at_ms=created_at_ms,
        )

        return app
