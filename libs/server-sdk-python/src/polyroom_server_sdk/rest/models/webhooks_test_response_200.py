from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.webhook_delivery import WebhookDelivery


T = TypeVar("T", bound="WebhooksTestResponse200")


@_attrs_define
class WebhooksTestResponse200:
    """
    Attributes:
        delivery (WebhookDelivery):
    """

    delivery: WebhookDelivery

    def to_dict(self) -> dict[str, Any]:
        delivery = self.delivery.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "delivery": delivery,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.webhook_delivery import WebhookDelivery

        d = dict(src_dict)
        delivery = WebhookDelivery.from_dict(d.pop("delivery"))

        webhooks_test_response_200 = cls(
            delivery=delivery,
        )

        return webhooks_test_response_200
