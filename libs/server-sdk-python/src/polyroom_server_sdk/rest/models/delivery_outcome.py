from typing import Literal, cast

DeliveryOutcome = Literal["delivered", "expired", "failed"]


def check_delivery_outcome(value: str) -> DeliveryOutcome:
    return cast(DeliveryOutcome, value)
