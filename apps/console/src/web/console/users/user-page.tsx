import { Badge, Group, Stack, Text, TextInput } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { useAct, useRead } from '../api/use-api.js';
import { type UserRoom, type UserSessionView, type UserStreamView } from '../api/views.js';
import { pathOfApp } from '../app/use-app.js';
import { BanUser, KickUser } from '../room/moderation.js';
import { TransferUser } from '../room/transfer-user.js';
import { texts } from '../texts.js';
import { DialogButton } from '../ui/form.js';
import { PageLink } from '../ui/links.js';
import { Page, Panel } from '../ui/page.js';
import { Denied, Loaded } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';

const t = texts.user;

interface UserProps {
  appId: number;
  userId: string;
}

const pathOfUser = ({ appId, userId }: UserProps): string =>
  `${pathOfApp(appId)}/users/${encodeURIComponent(userId)}`;

/** Where one user is: rooms, sessions, streams. */
export function UserPage(): ReactNode {
  const user = useParams({ from: '/shell/apps/$appId/users/$userId' });
  const { can } = useAccess();
  const { appId, userId } = user;
  if (!can('rooms:read', appId)) {
    return (
      <Page title={userId}>
        <Denied permission="rooms:read" />
      </Page>
    );
  }
  return (
    <Page
      title={userId}
      lead={
        <PageLink to="/apps/$appId/users" params={{ appId }} size="sm">
          {texts.users.title}
        </PageLink>
      }
      actions={
        <>
          {can('users:kick', appId) && <KickUser {...user} />}
          {can('users:ban', appId) && <BanUser {...user} />}
          {can('tokens:revoke', appId) && <RevokeTokens {...user} />}
        </>
      }
    >
      <Rooms {...user} />
      <Sessions {...user} />
      {can('streams:read', appId) && <Streams {...user} />}
    </Page>
  );
}

function None(): ReactNode {
  return (
    <Text size="sm" c="dimmed">
      {t.none}
    </Text>
  );
}

function Rooms(user: UserProps): ReactNode {
  const { appId } = user;
  const rooms = useRead<{ rooms: UserRoom[] }>(`${pathOfUser(user)}/rooms`, { live: true });
  const { can } = useAccess();
  const canKick = can('users:kick', appId);
  const canMove = can('users:move', appId);
  const columns: Column<UserRoom>[] = [
    {
      key: 'room',
      title: texts.rooms.room,
      width: 'minmax(0, 2fr)',
      cell: ({ roomId }) => (
        <PageLink to="/apps/$appId/rooms/$roomId" params={{ appId, roomId }} size="sm" fw={500}>
          {roomId}
        </PageLink>
      ),
    },
    { key: 'session', title: t.session, width: 'minmax(0, 2fr)', cell: ({ sessionId }) => sessionId },
    ...(canKick || canMove
      ? [
          {
            key: 'actions',
            title: texts.actions.title,
            width: '160px',
            cell: ({ roomId }: UserRoom) => (
              <Group gap="xs" justify="flex-end" wrap="nowrap">
                {canMove && <TransferUser {...user} roomId={roomId} />}
                {canKick && <KickUser {...user} roomId={roomId} />}
              </Group>
            ),
          },
        ]
      : []),
  ];
  return (
    <Panel title={t.rooms}>
      <Loaded query={rooms}>
        {(reply) =>
          reply.rooms.length === 0 ? (
            <None />
          ) : (
            <VirtualTable
              label={t.rooms}
              columns={columns}
              rows={reply.rooms}
              keyOf={({ roomId, sessionId }) => `${roomId} ${sessionId}`}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function Sessions(user: UserProps): ReactNode {
  const sessions = useRead<{ sessions: UserSessionView[] }>(`${pathOfUser(user)}/sessions`, { live: true });
  return (
    <Panel title={t.sessions}>
      <Loaded query={sessions}>
        {(reply) =>
          reply.sessions.length === 0 ? (
            <None />
          ) : (
            <VirtualTable
              label={t.sessions}
              columns={sessionColumns}
              rows={reply.sessions}
              keyOf={({ sessionId }) => sessionId}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

const sessionColumns: Column<UserSessionView>[] = [
  { key: 'session', title: t.session, width: 'minmax(0, 2fr)', cell: ({ sessionId }) => sessionId },
  {
    key: 'state',
    title: t.state,
    width: 'minmax(0, 1.4fr)',
    cell: ({ state, graceEndMs }) => (
      <Stack gap={2} align="flex-start">
        <Badge variant="light" color={state === 'live' ? 'teal' : 'yellow'}>
          {t.states[state]}
        </Badge>
        {graceEndMs !== undefined && (
          <Text size="xs" c="dimmed" component="div">
            {t.until} <Time ms={graceEndMs} />
          </Text>
        )}
      </Stack>
    ),
  },
  { key: 'gateway', title: t.gateway, width: 'minmax(0, 1fr)', cell: ({ gatewayId }) => gatewayId },
  {
    key: 'address',
    title: t.address,
    width: 'minmax(0, 1.2fr)',
    cell: ({ clientAddress }) => clientAddress ?? '',
  },
  {
    key: 'rooms',
    title: t.rooms,
    width: 'minmax(0, 0.7fr)',
    cell: ({ roomIds }) => roomIds.length,
  },
];

function Streams(user: UserProps): ReactNode {
  const { appId } = user;
  const streams = useRead<{ streams: UserStreamView[] }>(`${pathOfUser(user)}/streams`, { live: true });
  const columns: Column<UserStreamView>[] = [
    {
      key: 'stream',
      title: texts.streams.streamId,
      width: 'minmax(0, 1.2fr)',
      cell: ({ streamId }) => streamId,
    },
    {
      key: 'rooms',
      title: t.shownIn,
      width: 'minmax(0, 2fr)',
      cell: ({ roomIds }) => (
        <Group gap="xs">
          {roomIds.map((roomId) => (
            <PageLink
              key={roomId}
              to="/apps/$appId/rooms/$roomId"
              params={{ appId, roomId }}
              search={{ tab: 'streams' }}
              size="sm"
            >
              {roomId}
            </PageLink>
          ))}
        </Group>
      ),
    },
  ];
  return (
    <Panel title={t.streams}>
      <Loaded query={streams}>
        {(reply) =>
          reply.streams.length === 0 ? (
            <None />
          ) : (
            <VirtualTable
              label={t.streams}
              columns={columns}
              rows={reply.streams}
              keyOf={({ streamId }) => streamId}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function RevokeTokens({ appId, userId }: UserProps): ReactNode {
  const revoke = useAct<object>((api, body) => api.send('POST', `${pathOfApp(appId)}/revocations`, body), {
    refresh: [pathOfUser({ appId, userId })],
    quiet: true,
    done: t.revoked,
  });
  return (
    <DialogButton
      label={t.revoke}
      title={t.revokeTitle(userId)}
      submit={t.revoke}
      danger
      buttonProps={{ size: 'xs' }}
      onSubmit={async ({ tokenId }) =>
        void (await revoke.mutateAsync(tokenId === undefined ? { userId } : { userId, tokenId }))
      }
    >
      <Text size="sm">{t.revokeText}</Text>
      <TextInput name="tokenId" label={t.tokenId} description={t.tokenIdHint} autoComplete="off" />
    </DialogButton>
  );
}
