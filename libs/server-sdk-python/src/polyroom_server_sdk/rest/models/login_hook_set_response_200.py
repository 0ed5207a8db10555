from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.login_hook import LoginHook


T = TypeVar("T", bound="LoginHookSetResponse200")


@_attrs_define
class LoginHookSetResponse200:
    """
    Attributes:
        login_hook (LoginHook):
        secret (str | Unset):
    """

    login_hook: LoginHook
    secret: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        login_hook = self.login_hook.to_dict()

        secret = self.secret

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "loginHook": login_hook,
            }
        )
        if secret is not UNSET:
            field_dict["secret"] = secret

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.login_hook import LoginHook

        d = dict(src_dict)
        login_hook = LoginHook.from_dict(d.pop("loginHook"))

        secret = d.pop("secret", UNSET)

        login_hook_set_response_200 = cls(
            login_hook=login_hook,
            secret=secret,
        )

        return login_hook_set_response_200
