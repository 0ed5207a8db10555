from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.media_node_state import MediaNodeState, check_media_node_state

T = TypeVar("T", bound="MediaNode")


@_attrs_define
class MediaNode:
    """
    Attributes:
        node_id (str):
        state (MediaNodeState):
        region (str):
        cpu_load (float):
        sessions (int):
        workers (int):
        at_ms (int):
        incarnation (str):
    """

    node_id: str
    state: MediaNodeState
    region: str
    cpu_load: float
    sessions: int
    workers: int
    at_ms: int
    incarnation: str

    def to_dict(self) -> dict[str, Any]:
        node_id = self.node_id

        state: str = self.state

        region = self.region

        cpu_load = self.cpu_load

        sessions = self.sessions

        workers = self.workers

        at_ms = self.at_ms

        incarnation = self.incarnation

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "nodeId": node_id,
                "state": state,
                "region": region,
                "cpuLoad": cpu_load,
                "sessions": sessions,
                "workers": workers,
                "atMs": at_ms,
                "incarnation": incarnation,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        node_id = d.pop("nodeId")

        state = check_media_node_state(d.pop("state"))

        region = d.pop("region")

        cpu_load = d.pop("cpuLoad")

        sessions = d.pop("sessions")

        workers = d.pop("workers")

        at_ms = d.pop("atMs")

        incarnation = d.pop("incarnation")

        media_node = cls(
            node_id=node_id,
            state=state,
            region=region,
            cpu_load=cpu_load,
            sessions=sessions,
            workers=workers,
            at_ms=at_ms,
            incarnation=incarnation,
        )

        return media_node
