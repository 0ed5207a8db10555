from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.recordings_end_response_200 import RecordingsEndResponse200
from ...types import Response


def _get_kwargs(
    app_id: int,
    recording_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/v1/apps/{app_id}/recordings/{recording_id}".format(
            app_id=quote(str(app_id), safe=""),
            recording_id=quote(str(recording_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | RecordingsEndResponse200:
    if response.status_code == 200:
        response_200 = RecordingsEndResponse200.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | RecordingsEndResponse200]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: int,
    recording_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[Problem | RecordingsEndResponse200]:
    """Ends a recording; answers when the files are complete.

    Args:
        app_id (int):
        recording_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RecordingsEndResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        recording_id=recording_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    recording_id: str,
    *,
    client: AuthenticatedClient,
) -> Problem | RecordingsEndResponse200 | None:
    """Ends a recording; answers when the files are complete.

    Args:
        app_id (int):
        recording_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RecordingsEndResponse200
    """

    return sync_detailed(
        app_id=app_id,
        recording_id=recording_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    recording_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[Problem | RecordingsEndResponse200]:
    """Ends a recording; answers when the files are complete.

    Args:
        app_id (int):
        recording_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RecordingsEndResponse200]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        recording_id=recording_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    recording_id: str,
    *,
    client: AuthenticatedClient,
) -> Problem | RecordingsEndResponse200 | None:
    """Ends a recording; answers when the files are complete.

    Args:
        app_id (int):
        recording_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RecordingsEndResponse200
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            recording_id=recording_id,
            client=client,
        )
    ).parsed
