from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

if TYPE_CHECKING:
    from ..models.webhook_delivery import WebhookDelivery
    from ..models.webhooks_deliveries_response_200_state import (
        WebhooksDeliveriesResponse200State,
    )


T = TypeVar("T", bound="WebhooksDeliveriesResponse200")


@_attrs_define
class WebhooksDeliveriesResponse200:
    """
    Attributes:
        state (WebhooksDeliveriesResponse200State):
        deliveries (list[WebhookDelivery]):
    """

    state: WebhooksDeliveriesResponse200State
    deliveries: list[WebhookDelivery]

    def to_dict(self) -> dict[str, Any]:
        state = self.state.to_dict()

        deliveries = []
        for deliveries_item_data in self.deliveries:
            deliveries_item = deliveries_item_data.to_dict()
            deliveries.append(deliveries_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "state": state,
                "deliveries": deliveries,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.webhook_delivery import WebhookDelivery
        from ..models.webhooks_deliveries_response_200_state import (
            WebhooksDeliveriesResponse200State,
        )

        d = dict(src_dict)
        state = WebhooksDeliveriesResponse200State.from_dict(d.pop("state"))

        deliveries = []
        _deliveries = d.pop("deliveries")
        for deliveries_item_data in _deliveries:
            deliveries_item = WebhookDelivery.from_dict(deliveries_item_data)

            deliveries.append(deliveries_item)

        webhooks_deliveries_response_200 = cls(
            state=state,
            deliveries=deliveries,
        )

        return webhooks_deliveries_response_200
