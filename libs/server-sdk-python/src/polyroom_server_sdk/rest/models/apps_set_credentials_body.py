from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.credential_kind import CredentialKind, check_credential_kind
from ..types import UNSET, Unset

T = TypeVar("T", bound="AppsSetCredentialsBody")


@_attrs_define
class AppsSetCredentialsBody:
    """
    Attributes:
        credential_kinds (list[CredentialKind]):
        max_token_seconds (int | None | Unset):
    """

    credential_kinds: list[CredentialKind]
    max_token_seconds: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        credential_kinds = []
        for credential_kinds_item_data in self.credential_kinds:
            credential_kinds_item: str = credential_kinds_item_data
            credential_kinds.append(credential_kinds_item)

        max_token_seconds: int | None | Unset
        if isinstance(self.max_token_seconds, Unset):
            max_token_seconds = UNSET
        else:
            max_token_seconds = self.max_token_seconds

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "credentialKinds": credential_kinds,
            }
        )
        if max_token_seconds is not UNSET:
            field_dict["maxTokenSeconds"] = max_token_seconds

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        credential_kinds = []
        _credential_kinds = d.pop("credentialKinds")
        for credential_kinds_item_data in _credential_kinds:
            credential_kinds_item = check_credential_kind(credential_kinds_item_data)

            credential_kinds.append(credential_kinds_item)

        def _parse_max_token_seconds(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_token_seconds = _parse_max_token_seconds(d.pop("maxTokenSeconds", UNSET))

        apps_set_credentials_body = cls(
            credential_kinds=credential_kinds,
            max_token_seconds=max_token_seconds,
        )

        return apps_set_credentials_body
