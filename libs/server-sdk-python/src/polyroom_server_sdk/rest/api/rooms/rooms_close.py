from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.rooms_close_body import RoomsCloseBody
from ...models.rooms_close_response_200 import RoomsCloseResponse200
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    room_id: str,
    *,
    body: RoomsCloseBody | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/v1/apps/{app_id}/rooms/{room_id}".format(
            app_id=quote(str(app_id), safe=""),
            room_id=quote(str(room_id), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | RoomsCloseResponse200:
    if response.status_code == 200:
        response_200 = RoomsCloseResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | RoomsCloseResponse200]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: int,
    room_id: str,
    *,
    client: AuthenticatedClient,
    body: RoomsCloseBody | Unset = UNSET,
) -> Response[Problem | RoomsCloseResponse200]:
    """Removes all members and ends the room.

    Args:
        app_id (int):
        room_id (str):
        body (RoomsCloseBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RoomsCloseResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    room_id: str,
    *,
    client: AuthenticatedClient,
    body: RoomsCloseBody | Unset = UNSET,
) -> Problem | RoomsCloseResponse200 | None:
    """Removes all members and ends the room.

    Args:
        app_id (int):
        room_id (str):
        body (RoomsCloseBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RoomsCloseResponse200
    """

    return sync_detailed(
        app_id=app_id,
        room_id=room_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    room_id: str,
    *,
    client: AuthenticatedClient,
    body: RoomsCloseBody | Unset = UNSET,
) -> Response[Problem | RoomsCloseResponse200]:
    """Removes all members and ends the room.

    Args:
        app_id (int):
        room_id (str):
        body (RoomsCloseBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RoomsCloseResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    room_id: str,
    *,
    client: AuthenticatedClient,
    body: RoomsCloseBody | Unset = UNSET,
) -> Problem | RoomsCloseResponse200 | None:
    """Removes all members and ends the room.

    Args:
        app_id (int):
        room_id (str):
        body (RoomsCloseBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RoomsCloseResponse200
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            room_id=room_id,
            client=client,
            body=body,
        )
    ).parsed
