import { NativeSelect } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { usePages } from '../api/use-pages.js';
import { type UsageView } from '../api/views.js';
import { texts } from '../texts.js';
import { PageLink } from '../ui/links.js';
import { Panel } from '../ui/page.js';
import { PagedTable } from '../ui/paged-table.js';
import { Empty } from '../ui/states.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';
import { formatBytes, formatCount, formatMinutes, formatStep } from './format-usage.js';

const t = texts.usage;
const groups = ['room', 'user', 'time'] as const;
type Group = (typeof groups)[number];

interface Props {
  path: string;
  appId: number;
  query: { from: string; to: string };
  /** The same period by hour or day. */
  steps: UsageView[];
  isHourly: boolean;
}

/** The figures of a period as a table: by room, by user, or by time. */
export function UsageDetails({ path, appId, query, steps, isHourly }: Props): ReactNode {
  const [by, setBy] = useState<Group>('room');
  return (
    <Panel
      title={t.details}
      actions={
        <NativeSelect
          aria-label={t.groupBy}
          value={by}
          onChange={(event) => setBy(event.currentTarget.value as Group)}
          data={groups.map((value) => ({ value, label: t.by[value] }))}
        />
      }
    >
      {by === 'time' ? (
        <VirtualTable
          label={t.details}
          columns={columnsOf(t.time, ({ fromMs = 0 }) => formatStep(fromMs, isHourly))}
          rows={steps}
          keyOf={({ fromMs }) => String(fromMs)}
        />
      ) : (
        <Groups key={by} path={path} query={{ ...query, by, limit: '200' }} columns={columnsBy(by, appId)} />
      )}
    </Panel>
  );
}

function Groups({
  path,
  query,
  columns,
}: {
  path: string;
  query: Record<string, string>;
  columns: Column<UsageView>[];
}): ReactNode {
  const pages = usePages(path, ({ usage }: { usage: UsageView[]; next?: string }) => usage, {
    query,
    live: false,
  });
  return (
    <PagedTable
      label={t.details}
      pages={pages}
      columns={columns}
      keyOf={({ roomId = '', userId = '' }) => `${roomId} ${userId}`}
      empty={<Empty title={t.none} />}
    />
  );
}

function columnsBy(by: 'room' | 'user', appId: number): Column<UsageView>[] {
  return by === 'room'
    ? columnsOf(texts.rooms.room, ({ roomId }) => roomId ?? t.noRoom)
    : columnsOf(texts.users.userId, ({ userId = '' }) => (
        <PageLink to="/apps/$appId/users/$userId" params={{ appId, userId }} size="sm">
          {userId}
        </PageLink>
      ));
}

function columnsOf(title: string, cell: (usage: UsageView) => ReactNode): Column<UsageView>[] {
  const figure = (key: string, heading: string, read: (usage: UsageView) => string): Column<UsageView> => ({
    key,
    title: heading,
    width: 'minmax(0, 1fr)',
    cell: read,
  });
  return [
    { key: 'group', title, width: 'minmax(0, 1.6fr)', cell },
    figure('sessionMinutes', t.sessionMinutes, (usage) => formatMinutes(usage.sessionMinutes)),
    figure('memberMinutes', t.memberMinutes, (usage) => formatMinutes(usage.memberMinutes)),
    figure('messages', t.messages, (usage) => formatCount(usage.messages)),
    figure('sent', t.sent, (usage) => formatBytes(usage.sentBytes)),
    figure('received', t.received, (usage) => formatBytes(usage.receivedBytes)),
  ];
}
