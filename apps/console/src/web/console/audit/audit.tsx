import { Badge, Button, Code, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { type SubmitEvent, type ReactNode, useState } from 'react';
import { useAct, useServices } from '../api/use-api.js';
import { usePages } from '../api/use-pages.js';
import { type AuditEntry, type AuditPage } from '../api/views.js';
import { texts } from '../texts.js';
import { PagedTable } from '../ui/paged-table.js';
import { Empty } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { type Column } from '../ui/virtual-table.js';

const t = texts.audit;
const pageSize = 100;

type Filter = Partial<Record<'actor' | 'action' | 'subject' | 'fromMs' | 'toMs', string>>;

function readFilter(form: HTMLFormElement): Filter {
  const entries = [...new FormData(form)].flatMap(([name, value]) => {
    const text = typeof value === 'string' ? value.trim() : '';
    return text === '' ? [] : [[name, name.endsWith('Ms') ? String(Date.parse(text)) : text] as const];
  });
  return Object.fromEntries(entries);
}

/** Privileged acts, newest first; new ones appear by themselves. */
export function Audit({ path, withAppId = false }: { path: string; withAppId?: boolean }): ReactNode {
  const { api } = useServices();
  const [filter, setFilter] = useState<Filter>({});
  const query = new URLSearchParams(filter).toString();
  const pages = usePages(path, ({ entries }: AuditPage) => entries, {
    query: { limit: String(pageSize), ...filter },
  });
  const download = useAct<void>(
    async () => save(await api.download(`${path}/export?${query}`), 'audit.ndjson'),
    { refresh: [] },
  );
  const show = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setFilter(readFilter(event.currentTarget));
  };
  return (
    <Stack gap="md">
      <form aria-label={t.filter} onSubmit={show} onReset={() => setFilter({})}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 5 }} spacing="sm">
          <TextInput name="actor" label={t.author} />
          <TextInput name="action" label={t.action} placeholder={t.actionPlaceholder} />
          <TextInput name="subject" label={t.subject} placeholder={t.subjectPlaceholder} />
          <TextInput name="fromMs" label={t.from} type="datetime-local" step={1} />
          <TextInput name="toMs" label={t.to} type="datetime-local" step={1} />
        </SimpleGrid>
        <Group gap="xs" mt="sm">
          <Button type="submit">{t.show}</Button>
          <Button type="reset" variant="default">
            {t.reset}
          </Button>
          <Button variant="default" loading={download.isPending} onClick={() => download.mutate()}>
            {t.export}
          </Button>
          <Text size="sm" c="dimmed" role="status" id="audit-status" ml="auto">
            {pages.items !== undefined && t.rows(pages.items.length, pages.hasMore)}
          </Text>
        </Group>
      </form>
      <PagedTable
        label={t.title}
        pages={pages}
        columns={withAppId ? [...columns.slice(0, 3), appIdColumn, ...columns.slice(3)] : columns}
        keyOf={({ id }) => id}
        empty={<Empty title={query === '' ? t.none : t.noMatch} />}
      />
    </Stack>
  );
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

const appIdColumn: Column<AuditEntry> = {
  key: 'appId',
  title: t.appId,
  width: 'minmax(0, 1fr)',
  cell: ({ appId }) => (appId === 0 ? '' : appId),
};

const outcomeColors: Record<string, string> = { done: 'teal', refused: 'red', unknown: 'yellow' };

const columns: Column<AuditEntry>[] = [
  {
    key: 'time',
    title: t.time,
    width: 'minmax(0, 1.2fr)',
    cell: ({ atMs }) => <Time ms={atMs} />,
  },
  {
    key: 'author',
    title: t.author,
    width: 'minmax(0, 1.3fr)',
    cell: ({ actor, address }) => (
      <>
        {actor}
        {address !== null && (
          <Text size="xs" c="dimmed">
            {address}
          </Text>
        )}
      </>
    ),
  },
  {
    key: 'action',
    title: t.action,
    width: 'minmax(0, 1.3fr)',
    cell: ({ action, subject }) => (
      <>
        <Text size="sm" fw={500}>
          {action}
        </Text>
        <Text size="xs" c="dimmed">
          {subject}
        </Text>
      </>
    ),
  },
  {
    key: 'change',
    title: t.change,
    width: 'minmax(0, 2fr)',
    cell: ({ before, after }) => <Change before={before} after={after} />,
  },
  {
    key: 'outcome',
    title: t.outcome,
    width: '100px',
    cell: ({ outcome, requestId }) => (
      <Badge
        variant="light"
        color={outcomeColors[outcome] ?? 'gray'}
        {...(requestId === null ? {} : { title: t.request(requestId) })}
      >
        {outcome}
      </Badge>
    ),
  },
];

function Change({ before, after }: { before: unknown; after: unknown }): ReactNode {
  const texts = [before, after]
    .filter((value) => value !== null && value !== undefined)
    .map((value) => JSON.stringify(value));
  return texts.length === 0 ? null : <Code className="wrap-anywhere">{texts.join(' → ')}</Code>;
}
