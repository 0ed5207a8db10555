from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

T = TypeVar("T", bound="OperatorSession")


@_attrs_define
class OperatorSession:
    """
    Attributes:
        session_id (str):
        created_at_ms (int):
        expires_at_ms (int):
        address (None | str):
        user_agent (None | str):
    """

    session_id: str
    created_at_ms: int
    expires_at_ms: int
    address: None | str
    user_agent: None | str

    def to_dict(self) -> dict[str, Any]:
        session_id = self.session_id

        created_at_ms = self.created_at_ms

        expires_at_ms = self.expires_at_ms

        address: None | str
        address = self.address

        user_agent: None | str
        user_agent = self.user_agent

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "sessionId": session_id,
                "createdAtMs": created_at_ms,
                "expiresAtMs": expires_at_ms,
                "address": address,
                "userAgent": user_agent,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        session_id = d.pop("sessionId")

        created_at_ms = d.pop("createdAtMs")

        expires_at_ms = d.pop("expiresAtMs")

        def _parse_address(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        address = _parse_address(d.pop("address"))

        def _parse_user_agent(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        user_agent = _parse_user_agent(d.pop("userAgent"))

        operator_session = cls(
            session_id=session_id,
            created_at_ms=created_at_ms,
            expires_at_ms=expires_at_ms,
            address=address,
            user_agent=user_agent,
        )

        return operator_session
