from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.instance import Instance
    from ..models.media_node import MediaNode


T = TypeVar("T", bound="ClusterGetResponse200")


@_attrs_define
class ClusterGetResponse200:
    """
    Attributes:
        instances (list[Instance]):
        media_nodes (list[MediaNode]):
    """

    instances: list[Instance]
    media_nodes: list[MediaNode]

    def to_dict(self) -> dict[str, Any]:
        instances = []
        for instances_item_data in self.instances:
            instances_item = instances_item_data.to_dict()
            instances.append(instances_item)

        media_nodes = []
        for media_nodes_item_data in self.media_nodes:
            media_nodes_item = media_nodes_item_data.to_dict()
            media_nodes.append(media_nodes_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "instances": instances,
                "mediaNodes": media_nodes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.instance import Instance
        from ..models.media_node import MediaNode

        d = dict(src_dict)
        instances = []
        _instances = d.pop("instances")
        for instances_item_data in _instances:
            instances_item = Instance.from_dict(instances_item_data)

            instances.append(instances_item)

        media_nodes = []
        _media_nodes = d.pop("mediaNodes")
        for media_nodes_item_data in _media_nodes:
            media_nodes_item = MediaNode.from_dict(media_nodes_item_data)

            media_nodes.append(media_nodes_item)

        cluster_get_response_200 = cls(
            instances=instances,
            media_nodes=media_nodes,
        )

        return cluster_get_response_200
