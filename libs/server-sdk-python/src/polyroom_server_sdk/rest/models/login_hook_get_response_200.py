from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.login_hook import LoginHook


T = TypeVar("T", bound="LoginHookGetResponse200")


@_attrs_define
class LoginHookGetResponse200:
    """
    Attributes:
        login_hook (LoginHook | Unset):
    """

    login_hook: LoginHook | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        login_hook: dict[str, Any] | Unset = UNSET
        if not isinstance(self.login_hook, Unset):
            login_hook = self.login_hook.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if login_hook is not UNSET:
            field_dict["loginHook"] = login_hook

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.login_hook import LoginHook

        d = dict(src_dict)
        _login_hook = d.pop("loginHook", UNSET)
        login_hook: LoginHook | Unset
        if isinstance(_login_hook, Unset):
            login_hook = UNSET
        else:
            login_hook = LoginHook.from_dict(_login_hook)

        login_hook_get_response_200 = cls(
            login_hook=login_hook,
        )

        return login_hook_get_response_200
