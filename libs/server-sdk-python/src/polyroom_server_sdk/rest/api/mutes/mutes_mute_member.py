from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.media_kind import MediaKind
from ...models.mutes import Mutes
from ...models.mutes_mute_member_body import MutesMuteMemberBody
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    room_id: str,
    user_id: str,
    kind: MediaKind,
    *,
    body: MutesMuteMemberBody | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/apps/{app_id}/rooms/{room_id}/members/{user_id}/mutes/{kind}".format(
            app_id=quote(str(app_id), safe=""),
            room_id=quote(str(room_id), safe=""),
            user_id=quote(str(user_id), safe=""),
            kind=quote(str(kind), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Mutes | Problem:
    if response.status_code == 200:
        response_200 = Mutes.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Mutes | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: int,
    room_id: str,
    user_id: str,
    kind: MediaKind,
    *,
    client: AuthenticatedClient,
    body: MutesMuteMemberBody | Unset = UNSET,
) -> Response[Mutes | Problem]:
    """Mutes the audio or video of a user in a room, whatever the stream.

    Args:
        app_id (int):
        room_id (str):
        user_id (str):
        kind (MediaKind):
        body (MutesMuteMemberBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Mutes | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        user_id=user_id,
        kind=kind,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    room_id: str,
    user_id: str,
    kind: MediaKind,
    *,
    client: AuthenticatedClient,
    body: MutesMuteMemberBody | Unset = UNSET,
) -> Mutes | Problem | None:
    """Mutes the audio or video of a user in a room, whatever the stream.

    Args:
        app_id (int):
        room_id (str):
        user_id (str):
        kind (MediaKind):
        body (MutesMuteMemberBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Mutes | Problem
    """

    return sync_detailed(
        app_id=app_id,
        room_id=room_id,
        user_id=user_id,
        kind=kind,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    room_id: str,
    user_id: str,
    kind: MediaKind,
    *,
    client: AuthenticatedClient,
    body: MutesMuteMemberBody | Unset = UNSET,
) -> Response[Mutes | Problem]:
    """Mutes the audio or video of a user in a room, whatever the stream.

    Args:
        app_id (int):
        room_id (str):
        user_id (str):
        kind (MediaKind):
        body (MutesMuteMemberBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Mutes | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        user_id=user_id,
        kind=kind,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    room_id: str,
    user_id: str,
    kind: MediaKind,
    *,
    client: AuthenticatedClient,
    body: MutesMuteMemberBody | Unset = UNSET,
) -> Mutes | Problem | None:
    """Mutes the audio or video of a user in a room, whatever the stream.

    Args:
        app_id (int):
        room_id (str):
        user_id (str):
        kind (MediaKind):
        body (MutesMuteMemberBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Mutes | Problem
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            room_id=room_id,
            user_id=user_id,
            kind=kind,
            client=client,
            body=body,
        )
    ).parsed
