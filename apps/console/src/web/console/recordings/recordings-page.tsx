import { Badge, Stack, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { useRead } from '../api/use-api.js';
import { type RecordingView } from '../api/views.js';
import { pathOfApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { ActionButton } from '../ui/action-button.js';
import { PageLink } from '../ui/links.js';
import { Page } from '../ui/page.js';
import { Denied, Empty, Loaded } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';

const t = texts.recordings;

/** The recordings of an AppID that are in progress. */
export function RecordingsPage(): ReactNode {
  const { appId } = useParams({ from: '/shell/apps/$appId' });
  const { can } = useAccess();
  const path = `${pathOfApp(appId)}/recordings`;
  const canRead = can('recordings:read', appId);
  const canWrite = can('recordings:write', appId);
  const recordings = useRead<{ recordings: RecordingView[] }>(canRead ? path : undefined, { live: true });
  const columns: Column<RecordingView>[] = [
    {
      key: 'target',
      title: t.target,
      width: 'minmax(0, 1.3fr)',
      cell: ({ roomId, streamId }) =>
        roomId === undefined ? (
          t.stream(streamId ?? '')
        ) : (
          <PageLink to="/apps/$appId/rooms/$roomId" params={{ appId, roomId }} size="sm" fw={500}>
            {roomId}
          </PageLink>
        ),
    },
    { key: 'files', title: t.files, width: 'minmax(0, 3fr)', cell: (recording) => <Files {...recording} /> },
    ...(canWrite
      ? [
          {
            key: 'actions',
            title: texts.actions.title,
            width: '90px',
            cell: ({ recordingId }: RecordingView) => (
              <ActionButton
                label={t.end}
                buttonLabel={t.endNamed(recordingId)}
                act={(api) => api.send('DELETE', `${path}/${recordingId}`)}
                refresh={[path]}
                done={t.ended}
              />
            ),
          },
        ]
      : []),
  ];
  return (
    <Page title={t.title} lead={t.lead}>
      {canRead ? (
        <Loaded query={recordings}>
          {(reply) =>
            reply.recordings.length === 0 ? (
              <Empty title={t.none}>{t.noneLead}</Empty>
            ) : (
              <VirtualTable
                label={t.title}
                columns={columns}
                rows={reply.recordings}
                keyOf={({ recordingId }) => recordingId}
              />
            )
          }
        </Loaded>
      ) : (
        <Denied permission="recordings:read" />
      )}
    </Page>
  );
}

function Files({ recordings }: RecordingView): ReactNode {
  return recordings.length === 0 ? (
    <Badge variant="light" color="yellow">
      {t.waiting}
    </Badge>
  ) : (
    <Stack gap={4}>
      {recordings.map(({ streamId, nodeId, file, files, startedAtMs }) => (
        <div key={`${nodeId} ${streamId}`}>
          <Text size="sm">{t.streamOn(streamId, nodeId, files)}</Text>
          <Text size="xs" c="dimmed" component="div">
            {file?.path} · <Time ms={file?.startedAtMs ?? startedAtMs} />
          </Text>
        </div>
      ))}
    </Stack>
  );
}
