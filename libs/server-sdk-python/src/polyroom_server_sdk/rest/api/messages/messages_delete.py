from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.messages_delete_response_200 import MessagesDeleteResponse200
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    app_id: int,
    room_id: str,
    message_id: int,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/v1/apps/{app_id}/rooms/{room_id}/messages/{message_id}".format(
            app_id=quote(str(app_id), safe=""),
            room_id=quote(str(room_id), safe=""),
            message_id=quote(str(message_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> MessagesDeleteResponse200 | Problem:
    if response.status_code == 200:
        response_200 = MessagesDeleteResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[MessagesDeleteResponse200 | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: int,
    room_id: str,
    message_id: int,
    *,
    client: AuthenticatedClient,
) -> Response[MessagesDeleteResponse200 | Problem]:
    """Deletes a stored message: members remove it, and no reader gets its content.

    Args:
        app_id (int):
        room_id (str):
        message_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MessagesDeleteResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        message_id=message_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    room_id: str,
    message_id: int,
    *,
    client: AuthenticatedClient,
) -> MessagesDeleteResponse200 | Problem | None:
    """Deletes a stored message: members remove it, and no reader gets its content.

    Args:
        app_id (int):
        room_id (str):
        message_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MessagesDeleteResponse200 | Problem
    """

    return sync_detailed(
        app_id=app_id,
        room_id=room_id,
        message_id=message_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    room_id: str,
    message_id: int,
    *,
    client: AuthenticatedClient,
) -> Response[MessagesDeleteResponse200 | Problem]:
    """Deletes a stored message: members remove it, and no reader gets its content.

    Args:
        app_id (int):
        room_id (str):
        message_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MessagesDeleteResponse200 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        message_id=message_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    room_id: str,
    message_id: int,
    *,
    client: AuthenticatedClient,
) -> MessagesDeleteResponse200 | Problem | None:
    """Deletes a stored message: members remove it, and no reader gets its content.

    Args:
        app_id (int):
        room_id (str):
        message_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MessagesDeleteResponse200 | Problem
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            room_id=room_id,
            message_id=message_id,
            client=client,
        )
    ).parsed
