from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.user_session_mode import UserSessionMode, check_user_session_mode
from ..models.user_session_state import UserSessionState, check_user_session_state
from ..types import UNSET, Unset

T = TypeVar("T", bound="UserSession")


@_attrs_define
class UserSession:
    """
    Attributes:
        session_id (str):
        state (UserSessionState):
        gateway_id (str):
        room_ids (list[str]):
        mode (UserSessionMode | Unset):
        client_address (str | Unset):
        grace_end_ms (int | Unset):
    """

    session_id: str
    state: UserSessionState
    gateway_id: str
    room_ids: list[str]
    mode: UserSessionMode | Unset = UNSET
    client_address: str | Unset = UNSET
    grace_end_ms: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        session_id = self.session_id

        state: str = self.state

        gateway_id = self.gateway_id

        room_ids = self.room_ids

        mode: str | Unset = UNSET
        if not isinstance(self.mode, Unset):
            mode = self.mode

        client_address = self.client_address

        grace_end_ms = self.grace_end_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "sessionId": session_id,
                "state": state,
                "gatewayId": gateway_id,
                "roomIds": room_ids,
            }
        )
        if mode is not UNSET:
            field_dict["mode"] = mode
        if client_address is not UNSET:
            field_dict["clientAddress"] = client_address
        if grace_end_ms is not UNSET:
            field_dict["graceEndMs"] = grace_end_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        session_id = d.pop("sessionId")

        state = check_user_session_state(d.pop("state"))

        gateway_id = d.pop("gatewayId")

        room_ids = cast(list[str], d.pop("roomIds"))

        _mode = d.pop("mode", UNSET)
        mode: UserSessionMode | Unset
        if isinstance(_mode, Unset):
            mode = UNSET
        else:
            mode = check_user_session_mode(_mode)

        client_address = d.pop("clientAddress", UNSET)

        grace_end_ms = d.pop("graceEndMs", UNSET)

        user_session = cls(
            session_id=session_id,
            state=state,
            gateway_id=gateway_id,
            room_ids=room_ids,
            mode=mode,
            client_address=client_address,
            grace_end_ms=grace_end_ms,
        )

        return user_session
