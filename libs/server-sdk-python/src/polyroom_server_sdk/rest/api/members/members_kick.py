from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.members_kick_body import MembersKickBody
from ...models.members_kick_response_200 import MembersKickResponse200
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    room_id: str,
    user_id: str,
    *,
    body: MembersKickBody | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/v1/apps/{app_id}/rooms/{room_id}/members/{user_id}".format(
            app_id=quote(str(app_id), safe=""),
            room_id=quote(str(room_id), safe=""),
            user_id=quote(str(user_id), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> MembersKickResponse200 | Problem:
    if response.status_code == 200:
        response_200 = MembersKickResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[MembersKickResponse200 | Problem]:
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
    body: MembersKickBody | Unset = UNSET,
) -> Response[MembersKickResponse200 | Problem]:
    """Removes a user from the room, and keeps it out for a time.

    Args:
        app_id (int):
        room_id (str):
        user_id (str):
        body (MembersKickBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MembersKickResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        user_id=user_id,
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
    *,
    client: AuthenticatedClient,
    body: MembersKickBody | Unset = UNSET,
) -> MembersKickResponse200 | Problem | None:
    """Removes a user from the room, and keeps it out for a time.

    Args:
        app_id (int):
        room_id (str):
        user_id (str):
        body (MembersKickBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MembersKickResponse200 | Problem
    """

    return sync_detailed(
        app_id=app_id,
        room_id=room_id,
        user_id=user_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    room_id: str,
    user_id: str,
    *,
    client: AuthenticatedClient,
    body: MembersKickBody | Unset = UNSET,
) -> Response[MembersKickResponse200 | Problem]:
    """Removes a user from the room, and keeps it out for a time.

    Args:
        app_id (int):
        room_id (str):
        user_id (str):
        body (MembersKickBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MembersKickResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        user_id=user_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    room_id: str,
    user_id: str,
    *,
    client: AuthenticatedClient,
    body: MembersKickBody | Unset = UNSET,
) -> MembersKickResponse200 | Problem | None:
    """Removes a user from the room, and keeps it out for a time.

    Args:
        app_id (int):
        room_id (str):
        user_id (str):
        body (MembersKickBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MembersKickResponse200 | Problem
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            room_id=room_id,
            user_id=user_id,
            client=client,
            body=body,
        )
    ).parsed
