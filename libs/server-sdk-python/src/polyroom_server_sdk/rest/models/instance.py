from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.instance_service import InstanceService, check_instance_service

if TYPE_CHECKING:
    from ..models.instance_checks import InstanceChecks


T = TypeVar("T", bound="Instance")


@_attrs_define
class Instance:
    """
    Attributes:
        service (InstanceService):
        instance_id (str):
        version (str):
        started_at_ms (int):
        checks (InstanceChecks):
        reported_at_ms (int):
    """

    service: InstanceService
    instance_id: str
    version: str
    started_at_ms: int
    checks: InstanceChecks
    reported_at_ms: int

    def to_dict(self) -> dict[str, Any]:
        service: str = self.service

        instance_id = self.instance_id

        version = self.version

        started_at_ms = self.started_at_ms

        checks = self.checks.to_dict()

        reported_at_ms = self.reported_at_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "service": service,
                "instanceId": instance_id,
                "version": version,
                "startedAtMs": started_at_ms,
                "checks": checks,
                "reportedAtMs": reported_at_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.instance_checks import InstanceChecks

        d = dict(src_dict)
        service = check_instance_service(d.pop("service"))

        instance_id = d.pop("instanceId")

        version = d.pop("version")

        started_at_ms = d.pop("startedAtMs")

        checks = InstanceChecks.from_dict(d.pop("checks"))

        reported_at_ms = d.pop("reportedAtMs")

        instance = cls(
            service=service,
            instance_id=instance_id,
            version=version,
            started_at_ms=started_at_ms,
            checks=checks,
            reported_at_ms=reported_at_ms,
        )

        return instance
