from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.app import App


T = TypeVar("T", bound="AppsGetResponse200")


@_attrs_define
class AppsGetResponse200:
    """
    Attributes:
        app (App):
    """

    app: App

    def to_dict(self) -> dict[str, Any]:
        app = self.app.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "app": app,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.app import App

        d = dict(src_dict)
        app = App.from_dict(d.pop("app"))

        apps_get_response_200 = cls(
            app=app,
        )

        return apps_get_response_200
