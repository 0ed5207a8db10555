from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.mutes import Mutes
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    app_id: int,
    room_id: str,
    user_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/apps/{app_id}/rooms/{room_id}/members/{user_id}/mutes".format(
            app_id=quote(str(app_id), safe=""),
            room_id=quote(str(room_id), safe=""),
            user_id=quote(str(user_id), safe=""),
        ),
    }

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
    *,
    client: AuthenticatedClient,
) -> Response[Mutes | Problem]:
    """Reads the muted kinds of a user in a room.

    Args:
        app_id (int):
        room_id (str):
        user_id (str):

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
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    room_id: str,
    user_id: str,
    *,
    client: AuthenticatedClient,
) -> Mutes | Problem | None:
    """Reads the muted kinds of a user in a room.

    Args:
        app_id (int):
        room_id (str):
        user_id (str):

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
        client=client,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    room_id: str,
    user_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[Mutes | Problem]:
    """Reads the muted kinds of a user in a room.

    Args:
        app_id (int):
        room_id (str):
        user_id (str):

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
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    room_id: str,
    user_id: str,
    *,
    client: AuthenticatedClient,
) -> Mutes | Problem | None:
    """Reads the muted kinds of a user in a room.

    Args:
        app_id (int):
        room_id (str):
        user_id (str):

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
            client=client,
        )
    ).parsed
