from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.rooms_set_attributes_body import RoomsSetAttributesBody
from ...models.rooms_set_attributes_response_200 import RoomsSetAttributesResponse200
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    room_id: str,
    *,
    body: RoomsSetAttributesBody,
    if_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/apps/{app_id}/rooms/{room_id}/attributes".format(
            app_id=quote(str(app_id), safe=""),
            room_id=quote(str(room_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | RoomsSetAttributesResponse200:
    if response.status_code == 200:
        response_200 = RoomsSetAttributesResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | RoomsSetAttributesResponse200]:
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
    body: RoomsSetAttributesBody,
    if_match: str | Unset = UNSET,
) -> Response[Problem | RoomsSetAttributesResponse200]:
    """Changes attributes of a room; answers those that have changed.

    Args:
        app_id (int):
        room_id (str):
        if_match (str | Unset):
        body (RoomsSetAttributesBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RoomsSetAttributesResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        body=body,
        if_match=if_match,
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
    body: RoomsSetAttributesBody,
    if_match: str | Unset = UNSET,
) -> Problem | RoomsSetAttributesResponse200 | None:
    """Changes attributes of a room; answers those that have changed.

    Args:
        app_id (int):
        room_id (str):
        if_match (str | Unset):
        body (RoomsSetAttributesBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RoomsSetAttributesResponse200
    """

    return sync_detailed(
        app_id=app_id,
        room_id=room_id,
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    room_id: str,
    *,
    client: AuthenticatedClient,
    body: RoomsSetAttributesBody,
    if_match: str | Unset = UNSET,
) -> Response[Problem | RoomsSetAttributesResponse200]:
    """Changes attributes of a room; answers those that have changed.

    Args:
        app_id (int):
        room_id (str):
        if_match (str | Unset):
        body (RoomsSetAttributesBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RoomsSetAttributesResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        body=body,
        if_match=if_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    room_id: str,
    *,
    client: AuthenticatedClient,
    body: RoomsSetAttributesBody,
    if_match: str | Unset = UNSET,
) -> Problem | RoomsSetAttributesResponse200 | None:
    """Changes attributes of a room; answers those that have changed.

    Args:
        app_id (int):
        room_id (str):
        if_match (str | Unset):
        body (RoomsSetAttributesBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RoomsSetAttributesResponse200
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            room_id=room_id,
            client=client,
            body=body,
            if_match=if_match,
        )
    ).parsed
