from typing import Literal, cast

MediaKind = Literal["audio", "video"]


def check_media_kind(value: str) -> MediaKind:
    return cast(MediaKind, value)
