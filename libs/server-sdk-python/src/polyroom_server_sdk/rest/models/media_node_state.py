from typing import Literal, cast

MediaNodeState = Literal["active", "draining"]


def check_media_node_state(value: str) -> MediaNodeState:
    return cast(MediaNodeState, value)
