from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.credential_kind import CredentialKind, check_credential_kind
from ..types import UNSET, Unset

T = TypeVar("T", bound="AppsCreateBody")


@_attrs_define
class AppsCreateBody:
    """
    Attributes:
        app_id (int):
        name (str):
        app_sign (str | Unset):
        server_secret (str | Unset):
        credential_kinds (list[CredentialKind] | Unset):
    """

    app_id: int
    name: str
    app_sign: str | Unset = UNSET
    server_secret: str | Unset = UNSET
    credential_kinds: list[CredentialKind] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        app_id = self.app_id

        name = self.name

        app_sign = self.app_sign

        server_secret = self.server_secret

        credential_kinds: list[str] | Unset = UNSET
        if not isinstance(self.credential_kinds, Unset):
            credential_kinds = []
            for credential_kinds_item_data in self.credential_kinds:
                credential_kinds_item: str = credential_kinds_item_data
                credential_kinds.append(credential_kinds_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "appId": app_id,
                "name": name,
            }
        )
        if app_sign is not UNSET:
            field_dict["appSign"] = app_sign
        if server_secret is not UNSET:
            field_dict["serverSecret"] = server_secret
        if credential_kinds is not UNSET:
            field_dict["credentialKinds"] = credential_kinds

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        app_id = d.pop("appId")

        name = d.pop("name")

        app_sign = d.pop("appSign", UNSET)

        server_secret = d.pop("serverSecret", UNSET)

        _credential_kinds = d.pop("credentialKinds", UNSET)
        credential_kinds: list[CredentialKind] | Unset = UNSET
        if _credential_kinds is not UNSET:
            credential_kinds = []
            for credential_kinds_item_data in _credential_kinds:
                credential_kinds_item = check_credential_kind(
                    credential_kinds_item_data
                )

                credential_kinds.append(credential_kinds_item)

        apps_create_body = cls(
            app_id=app_id,
            name=name,
            app_sign=app_sign,
            server_secret=server_secret,
            credential_kinds=credential_kinds,
        )

        return apps_create_body
