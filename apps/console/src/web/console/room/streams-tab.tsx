import { Badge, Group, Text } from '@mantine/core';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { useAct, useRead } from '../api/use-api.js';
import { type StreamView } from '../api/views.js';
import { pathOfApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { ActionButton } from '../ui/action-button.js';
import { DialogButton } from '../ui/form.js';
import { PageLink } from '../ui/links.js';
import { Empty, Loaded } from '../ui/states.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';
import { MuteMenu } from './mute-menu.js';
import { pathOfRoom, type RoomProps } from './room-path.js';
import { StreamRoomsButton } from './stream-rooms.js';

const t = texts.streams;

/** The streams that a room shows. */
export function StreamsTab(room: RoomProps): ReactNode {
  const streams = useRead<{ streams: StreamView[] }>(`${pathOfRoom(room)}/streams`, { live: true });
  const columns = useColumns(room);
  return (
    <Loaded query={streams}>
      {(reply) =>
        reply.streams.length === 0 ? (
          <Empty title={t.none} />
        ) : (
          <VirtualTable
            label={t.title}
            columns={columns}
            rows={reply.streams}
            keyOf={({ streamId }) => streamId}
          />
        )
      }
    </Loaded>
  );
}

function useColumns(room: RoomProps): Column<StreamView>[] {
  const { appId } = room;
  const { can } = useAccess();
  const canMute = can('streams:mute', appId);
  const canStop = can('streams:stop', appId);
  const canRecord = can('recordings:write', appId);
  const canShare = can('streams:share', appId);
  return [
    {
      key: 'stream',
      title: t.streamId,
      width: 'minmax(0, 1.4fr)',
      cell: ({ streamId }) => (
        <Text size="sm" fw={500}>
          {streamId}
        </Text>
      ),
    },
    {
      key: 'user',
      title: t.publisher,
      width: 'minmax(0, 1.2fr)',
      cell: ({ user: { userId } }) => (
        <PageLink to="/apps/$appId/users/$userId" params={{ appId, userId }} size="sm">
          {userId}
        </PageLink>
      ),
    },
    {
      key: 'kinds',
      title: t.kinds,
      width: 'minmax(0, 1.2fr)',
      cell: ({ kinds, operatorMutedKinds = [] }) => {
        const muted = new Set<string>(operatorMutedKinds);
        return (
          <Group gap={6}>
            {kinds.map((kind) => (
              <Badge key={kind} variant="light" color={muted.has(kind) ? 'yellow' : 'teal'}>
                {muted.has(kind) ? t.muted(kind) : kind}
              </Badge>
            ))}
          </Group>
        );
      },
    },
    ...(canMute || canStop || canRecord || canShare
      ? [
          {
            key: 'actions',
            title: texts.actions.title,
            width: '340px',
            cell: ({ streamId, user: { userId } }: StreamView) => (
              <Group gap="xs" justify="flex-end" wrap="nowrap">
                {canMute && (
                  <MuteMenu
                    path={`${pathOfRoom(room)}/streams/${encodeURIComponent(streamId)}/mutes`}
                    name={streamId}
                  />
                )}
                {canShare && <StreamRoomsButton appId={appId} streamId={streamId} userId={userId} />}
                {canRecord && (
                  <ActionButton
                    label={t.record}
                    buttonLabel={t.recordNamed(streamId)}
                    act={(api) =>
                      api.send(
                        'POST',
                        `${pathOfApp(appId)}/streams/${encodeURIComponent(streamId)}/recordings`,
                        {},
                      )
                    }
                    refresh={[`${pathOfApp(appId)}/recordings`]}
                    done={texts.room.recording}
                  />
                )}
                {canStop && <StopStream room={room} streamId={streamId} />}
              </Group>
            ),
          },
        ]
      : []),
  ];
}

function StopStream({ room, streamId }: { room: RoomProps; streamId: string }): ReactNode {
  const stop = useAct<void>(
    (api) => api.send('DELETE', `${pathOfApp(room.appId)}/streams/${encodeURIComponent(streamId)}`),
    { refresh: [`${pathOfApp(room.appId)}/rooms`, `${pathOfApp(room.appId)}/users`], quiet: true },
  );
  return (
    <DialogButton
      label={t.stop}
      buttonLabel={t.stopNamed(streamId)}
      title={t.stopNamed(streamId)}
      submit={t.stop}
      danger
      buttonProps={{ size: 'xs' }}
      onSubmit={async () => void (await stop.mutateAsync())}
    >
      <Text size="sm">{t.stopText}</Text>
    </DialogButton>
  );
}
