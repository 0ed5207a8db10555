from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.secret_state import SecretState, check_secret_state
from ..types import UNSET, Unset

T = TypeVar("T", bound="Secret")


@_attrs_define
class Secret:
    """
    Attributes:
        secret_id (str):
        state (SecretState):
        created_at_ms (int):
        retired_at_ms (int | Unset):
    """

    secret_id: str
    state: SecretState
    created_at_ms: int
    retired_at_ms: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        secret_id = self.secret_id

        state: str = self.state

        created_at_ms = self.created_at_ms

        retired_at_ms = self.retired_at_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "secretId": secret_id,
                "state": state,
                "createdAtMs": created_at_ms,
            }
        )
        if retired_at_ms is not UNSET:
            field_dict["retiredAtMs"] = retired_at_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        secret_id = d.pop("secretId")

        state = check_secret_state(d.pop("state"))

        created_at_ms = d.pop("createdAtMs")

        retired_at_ms = d.pop("retiredAtMs", UNSET)

        secret = cls(
            secret_id=secret_id,
            state=state,
            created_at_ms=created_at_ms,
            retired_at_ms=retired_at_ms,
        )

        return secret
