from typing import Literal, cast

RoomStreamKindsItem = Literal["audio", "data", "video"]


def check_room_stream_kinds_item(value: str) -> RoomStreamKindsItem:
    return cast(RoomStreamKindsItem, value)
