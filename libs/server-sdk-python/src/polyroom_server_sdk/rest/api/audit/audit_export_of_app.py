from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    *,
    actor: str | Unset = UNSET,
    action: str | Unset = UNSET,
    subject: str | Unset = UNSET,
    from_ms: int | Unset = UNSET,
    to_ms: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["actor"] = actor

    params["action"] = action

    params["subject"] = subject

    params["fromMs"] = from_ms

    params["toMs"] = to_ms

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/apps/{app_id}/audit/export".format(
            app_id=quote(str(app_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | str:
    if response.status_code == 200:
        response_200 = response.text
        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | str]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: int,
    *,
    client: AuthenticatedClient,
    actor: str | Unset = UNSET,
    action: str | Unset = UNSET,
    subject: str | Unset = UNSET,
    from_ms: int | Unset = UNSET,
    to_ms: int | Unset = UNSET,
) -> Response[Problem | str]:
    """Exports the acts of an AppID as one JSON object per line, oldest first.

    Args:
        app_id (int):
        actor (str | Unset):
        action (str | Unset):
        subject (str | Unset):
        from_ms (int | Unset):
        to_ms (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | str]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        actor=actor,
        action=action,
        subject=subject,
        from_ms=from_ms,
        to_ms=to_ms,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    *,
    client: AuthenticatedClient,
    actor: str | Unset = UNSET,
    action: str | Unset = UNSET,
    subject: str | Unset = UNSET,
    from_ms: int | Unset = UNSET,
    to_ms: int | Unset = UNSET,
) -> Problem | str | None:
    """Exports the acts of an AppID as one JSON object per line, oldest first.

    Args:
        app_id (int):
        actor (str | Unset):
        action (str | Unset):
        subject (str | Unset):
        from_ms (int | Unset):
        to_ms (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | str
    """

    return sync_detailed(
        app_id=app_id,
        client=client,
        actor=actor,
        action=action,
        subject=subject,
        from_ms=from_ms,
        to_ms=to_ms,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    *,
    client: AuthenticatedClient,
    actor: str | Unset = UNSET,
    action: str | Unset = UNSET,
    subject: str | Unset = UNSET,
    from_ms: int | Unset = UNSET,
    to_ms: int | Unset = UNSET,
) -> Response[Problem | str]:
    """Exports the acts of an AppID as one JSON object per line, oldest first.

    Args:
        app_id (int):
        actor (str | Unset):
        action (str | Unset):
        subject (str | Unset):
        from_ms (int | Unset):
        to_ms (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | str]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        actor=actor,
        action=action,
        subject=subject,
        from_ms=from_ms,
        to_ms=to_ms,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    *,
    client: AuthenticatedClient,
    actor: str | Unset = UNSET,
    action: str | Unset = UNSET,
    subject: str | Unset = UNSET,
    from_ms: int | Unset = UNSET,
    to_ms: int | Unset = UNSET,
) -> Problem | str | None:
    """Exports the acts of an AppID as one JSON object per line, oldest first.

    Args:
        app_id (int):
        actor (str | Unset):
        action (str | Unset):
        subject (str | Unset):
        from_ms (int | Unset):
        to_ms (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | str
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            client=client,
            actor=actor,
            action=action,
            subject=subject,
            from_ms=from_ms,
            to_ms=to_ms,
        )
    ).parsed
