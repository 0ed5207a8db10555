from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.app import App


T = TypeVar("T", bound="AppsCreateResponse201")


@_attrs_define
class AppsCreateResponse201:
    """
    Attributes:
        app (App):
        app_sign (str):
        server_secret (str):
    """

    app: App
    app_sign: str
    server_secret: str

    def to_dict(self) -> dict[str, Any]:
        app = self.app.to_dict()

        app_sign = self.app_sign

        server_secret = self.server_secret

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "app": app,
                "appSign": app_sign,
                "serverSecret": server_secret,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.app import App

        d = dict(src_dict)
        app = App.from_dict(d.pop("app"))

        app_sign = d.pop("appSign")

        server_secret = d.pop("serverSecret")

        apps_create_response_201 = cls(
            app=app,
            app_sign=app_sign,
            server_secret=server_secret,
        )

        return apps_create_response_201
