from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.revocations_revoke_body import RevocationsRevokeBody
from ...models.revocations_revoke_response_201 import RevocationsRevokeResponse201
from ...types import UNSET, Response, Unset


def _get_kwargs(
    app_id: int,
    *,
    body: RevocationsRevokeBody,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/apps/{app_id}/revocations".format(
            app_id=quote(str(app_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | RevocationsRevokeResponse201:
    if response.status_code == 201:
        response_201 = RevocationsRevokeResponse201.from_dict(response.json())

        return response_201

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | RevocationsRevokeResponse201]:
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
    body: RevocationsRevokeBody,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | RevocationsRevokeResponse201]:
    """Revokes a token, all tokens of a user, or all that were issued before a time.

    Args:
        app_id (int):
        idempotency_key (str | Unset):
        body (RevocationsRevokeBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RevocationsRevokeResponse201]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    *,
    client: AuthenticatedClient,
    body: RevocationsRevokeBody,
    idempotency_key: str | Unset = UNSET,
) -> Problem | RevocationsRevokeResponse201 | None:
    """Revokes a token, all tokens of a user, or all that were issued before a time.

    Args:
        app_id (int):
        idempotency_key (str | Unset):
        body (RevocationsRevokeBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RevocationsRevokeResponse201
    """

    return sync_detailed(
        app_id=app_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    *,
    client: AuthenticatedClient,
    body: RevocationsRevokeBody,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | RevocationsRevokeResponse201]:
    """Revokes a token, all tokens of a user, or all that were issued before a time.

    Args:
        app_id (int):
        idempotency_key (str | Unset):
        body (RevocationsRevokeBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RevocationsRevokeResponse201]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    *,
    client: AuthenticatedClient,
    body: RevocationsRevokeBody,
    idempotency_key: str | Unset = UNSET,
) -> Problem | RevocationsRevokeResponse201 | None:
    """Revokes a token, all tokens of a user, or all that were issued before a time.

    Args:
        app_id (int):
        idempotency_key (str | Unset):
        body (RevocationsRevokeBody):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RevocationsRevokeResponse201
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
