from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.messages_send_body import MessagesSendBody
from ...models.messages_send_response_201_type_0 import MessagesSendResponse201Type0
from ...models.messages_send_response_201_type_1 import MessagesSendResponse201Type1
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    room_id: str,
    *,
    body: MessagesSendBody,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/apps/{app_id}/rooms/{room_id}/messages".format(
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
) -> MessagesSendResponse201Type0 | MessagesSendResponse201Type1 | Problem:
    if response.status_code == 201:

        def _parse_response_201(
            data: object,
        ) -> MessagesSendResponse201Type0 | MessagesSendResponse201Type1:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_201_type_0 = MessagesSendResponse201Type0.from_dict(data)

                return response_201_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_201_type_1 = MessagesSendResponse201Type1.from_dict(data)

            return response_201_type_1

        response_201 = _parse_response_201(response.json())

        return response_201

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[MessagesSendResponse201Type0 | MessagesSendResponse201Type1 | Problem]:
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
    body: MessagesSendBody,
    idempotency_key: str | Unset = UNSET,
) -> Response[MessagesSendResponse201Type0 | MessagesSendResponse201Type1 | Problem]:
    """Sends a message as the system or a user.

    Args:
        app_id (int):
        room_id (str):
        idempotency_key (str | Unset):
        body (MessagesSendBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MessagesSendResponse201Type0 | MessagesSendResponse201Type1 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        body=body,
        idempotency_key=idempotency_key,
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
    body: MessagesSendBody,
    idempotency_key: str | Unset = UNSET,
) -> MessagesSendResponse201Type0 | MessagesSendResponse201Type1 | Problem | None:
    """Sends a message as the system or a user.

    Args:
        app_id (int):
        room_id (str):
        idempotency_key (str | Unset):
        body (MessagesSendBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MessagesSendResponse201Type0 | MessagesSendResponse201Type1 | Problem
    """

    return sync_detailed(
        app_id=app_id,
        room_id=room_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    room_id: str,
    *,
    client: AuthenticatedClient,
    body: MessagesSendBody,
    idempotency_key: str | Unset = UNSET,
) -> Response[MessagesSendResponse201Type0 | MessagesSendResponse201Type1 | Problem]:
    """Sends a message as the system or a user.

    Args:
        app_id (int):
        room_id (str):
        idempotency_key (str | Unset):
        body (MessagesSendBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[MessagesSendResponse201Type0 | MessagesSendResponse201Type1 | Problem]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        room_id=room_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    room_id: str,
    *,
    client: AuthenticatedClient,
    body: MessagesSendBody,
    idempotency_key: str | Unset = UNSET,
) -> MessagesSendResponse201Type0 | MessagesSendResponse201Type1 | Problem | None:
    """Sends a message as the system or a user.

    Args:
        app_id (int):
        room_id (str):
        idempotency_key (str | Unset):
        body (MessagesSendBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        MessagesSendResponse201Type0 | MessagesSendResponse201Type1 | Problem
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            room_id=room_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
