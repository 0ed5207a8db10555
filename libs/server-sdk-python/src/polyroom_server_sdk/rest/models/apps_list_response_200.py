from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.app import App


T = TypeVar("T", bound="AppsListResponse200")


@_attrs_define
class AppsListResponse200:
    """
    Attributes:
        apps (list[App]):
    """

    apps: list[App]

    def to_dict(self) -> dict[str, Any]:
        apps = []
        for apps_item_data in self.apps:
            apps_item = apps_item_data.to_dict()
            apps.append(apps_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "apps": apps,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.app import App

        d = dict(src_dict)
        apps = []
        _apps = d.pop("apps")
        for apps_item_data in _apps:
            apps_item = App.from_dict(apps_item_data)

            apps.append(apps_item)

        apps_list_response_200 = cls(
            apps=apps,
        )

        return apps_list_response_200
