from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.login_hook_on_failure import (
    LoginHookOnFailure,
    check_login_hook_on_failure,
)

T = TypeVar("T", bound="LoginHook")


@_attrs_define
class LoginHook:
    """
    Attributes:
        deadline_ms (int):
        on_failure (LoginHookOnFailure):
        url (str):
    """

    deadline_ms: int
    on_failure: LoginHookOnFailure
    url: str

    def to_dict(self) -> dict[str, Any]:
        deadline_ms = self.deadline_ms

        on_failure: str = self.on_failure

        url = self.url

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "deadlineMs": deadline_ms,
                "onFailure": on_failure,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        deadline_ms = d.pop("deadlineMs")

        on_failure = check_login_hook_on_failure(d.pop("onFailure"))

        url = d.pop("url")

        login_hook = cls(
            deadline_ms=deadline_ms,
            on_failure=on_failure,
            url=url,
        )

        return login_hook
