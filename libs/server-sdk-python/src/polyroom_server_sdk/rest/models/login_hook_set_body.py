from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.login_hook_set_body_on_failure import (
    LoginHookSetBodyOnFailure,
    check_login_hook_set_body_on_failure,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="LoginHookSetBody")


@_attrs_define
class LoginHookSetBody:
    """
    Attributes:
        url (str):
        on_failure (LoginHookSetBodyOnFailure):
        deadline_ms (int | Unset):  Default: 1000.
        secret (str | Unset):
    """

    url: str
    on_failure: LoginHookSetBodyOnFailure
    deadline_ms: int | Unset = 1000
    secret: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        url = self.url

        on_failure: str = self.on_failure

        deadline_ms = self.deadline_ms

        secret = self.secret

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "url": url,
                "onFailure": on_failure,
            }
        )
        if deadline_ms is not UNSET:
            field_dict["deadlineMs"] = deadline_ms
        if secret is not UNSET:
            field_dict["secret"] = secret

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        url = d.pop("url")

        on_failure = check_login_hook_set_body_on_failure(d.pop("onFailure"))

        deadline_ms = d.pop("deadlineMs", UNSET)

        secret = d.pop("secret", UNSET)

        login_hook_set_body = cls(
            url=url,
            on_failure=on_failure,
            deadline_ms=deadline_ms,
            secret=secret,
        )

        return login_hook_set_body
