import { Badge, Button, Stack, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { useAct, useRead } from '../api/use-api.js';
import { usePages } from '../api/use-pages.js';
import { type RecordedFile, type RecordingView } from '../api/views.js';
import { pathOfApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { ActionButton } from '../ui/action-button.js';
import { PageLink } from '../ui/links.js';
import { Page, Panel } from '../ui/page.js';
import { PagedTable } from '../ui/paged-table.js';
import { Denied, Empty, Loaded } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';
import { formatBytes } from '../usage/format-usage.js';

const t = texts.recordings;
const secondMs = 1000;

/** The recordings of an AppID: those in progress, and the complete files. */
export function RecordingsPage(): ReactNode {
  const { appId } = useParams({ from: '/shell/apps/$appId' });
  const { can } = useAccess();
  const canRead = can('recordings:read', appId);
  return (
    <Page title={t.title} lead={t.lead}>
      {canRead ? (
        <>
          <InProgress appId={appId} />
          <CompleteFiles appId={appId} />
        </>
      ) : (
        <Denied permission="recordings:read" />
      )}
    </Page>
  );
}

function InProgress({ appId }: { appId: number }): ReactNode {
  const { can } = useAccess();
  const path = `${pathOfApp(appId)}/recordings`;
  const canWrite = can('recordings:write', appId);
  const recordings = useRead<{ recordings: RecordingView[] }>(path, { live: true });
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
    <Panel title={t.inProgress}>
      <Loaded query={recordings}>
        {(reply) =>
          reply.recordings.length === 0 ? (
            <Empty title={t.none}>{t.noneLead}</Empty>
          ) : (
            <VirtualTable
              label={t.inProgress}
              columns={columns}
              rows={reply.recordings}
              keyOf={({ recordingId }) => recordingId}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function CompleteFiles({ appId }: { appId: number }): ReactNode {
  const path = `${pathOfApp(appId)}/recordings`;
  // Each reading asks all media nodes: only when the page is opened, and after a recording has ended.
  const pages = usePages(`${path}/files`, ({ files }: { files: RecordedFile[]; next?: string }) => files, {
    live: false,
  });
  const columns: Column<RecordedFile>[] = [
    {
      key: 'stream',
      title: t.target,
      width: 'minmax(0, 2fr)',
      cell: ({ streamId, roomId, userId }) => (
        <>
          <Text size="sm" fw={500}>
            {t.stream(streamId)}
          </Text>
          <Text size="xs" c="dimmed">
            {t.publishedBy(userId, roomId)}
          </Text>
        </>
      ),
    },
    {
      key: 'started',
      title: t.started,
      width: 'minmax(0, 1.6fr)',
      cell: ({ startedAtMs }) => <Time ms={startedAtMs} />,
    },
    {
      key: 'length',
      title: t.length,
      width: 'minmax(0, 0.8fr)',
      cell: ({ startedAtMs, endedAtMs }) => t.duration(Math.round((endedAtMs - startedAtMs) / secondMs)),
    },
    { key: 'size', title: t.size, width: 'minmax(0, 0.8fr)', cell: ({ bytes }) => formatBytes(bytes) },
    {
      key: 'actions',
      title: texts.actions.title,
      width: '120px',
      cell: (file) => <Download path={path} file={file} />,
    },
  ];
  return (
    <Panel title={t.completeFiles} lead={t.completeLead}>
      <PagedTable
        label={t.completeFiles}
        pages={pages}
        columns={columns}
        keyOf={(file) => file.path}
        empty={<Empty title={t.noFiles}>{t.noFilesLead}</Empty>}
      />
    </Panel>
  );
}

/** The browser downloads the file by itself, which also continues a broken download. */
function Download({ path, file }: { path: string; file: RecordedFile }): ReactNode {
  const download = useAct<void>(
    async (api) => {
      const url = `${path}/${file.recordingId}/file?${new URLSearchParams({ path: file.path }).toString()}`;
      await api.assertReadable(url);
      location.assign(api.urlOf(url));
    },
    { refresh: [] },
  );
  return (
    <Button
      variant="default"
      size="xs"
      aria-label={t.downloadNamed(file.streamId)}
      loading={download.isPending}
      onClick={() => download.mutate()}
    >
      {t.download}
    </Button>
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
