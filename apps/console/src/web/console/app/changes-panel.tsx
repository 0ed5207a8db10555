import { Table, Text } from '@mantine/core';
import { type ReactNode } from 'react';
import { useRead } from '../api/use-api.js';
import { type AuditEntry, type AuditPage } from '../api/views.js';
import { texts } from '../texts.js';
import { PageLink } from '../ui/links.js';
import { Panel } from '../ui/page.js';
import { Loaded } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { describeStored } from './describe-stored.js';
import { pathOfApp } from './use-app.js';

const t = texts.changes;
const shownCount = 10;

/** The last changes of this action. The filter of the audit matches one action exactly. */
const useChanges = (appId: number, action: 'entitlement.set' | 'entitlement.reset') =>
  useRead<AuditPage>(`${pathOfApp(appId)}/audit?action=${action}&limit=${shownCount}`, { live: true });

const newestFirst = (a: AuditEntry, b: AuditEntry): number => b.seq - a.seq;

/** Who changed which limit when. */
export function ChangesPanel({ appId }: { appId: number }): ReactNode {
  const sets = useChanges(appId, 'entitlement.set');
  const resets = useChanges(appId, 'entitlement.reset');
  return (
    <Panel
      title={t.title}
      actions={
        <PageLink to="/apps/$appId/audit" params={{ appId }} size="sm">
          {t.all}
        </PageLink>
      }
    >
      <Loaded query={sets}>
        {(set) => (
          <Loaded query={resets}>
            {(reset) => (
              <Changes entries={[...set.entries, ...reset.entries].sort(newestFirst).slice(0, shownCount)} />
            )}
          </Loaded>
        )}
      </Loaded>
    </Panel>
  );
}

function Changes({ entries }: { entries: AuditEntry[] }): ReactNode {
  return entries.length === 0 ? (
    <Text c="dimmed" size="sm">
      {t.none}
    </Text>
  ) : (
    <Table.ScrollContainer minWidth={480} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table aria-label={t.title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.what}</Table.Th>
            <Table.Th>{t.change}</Table.Th>
            <Table.Th>{t.author}</Table.Th>
            <Table.Th>{t.time}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Change key={entry.id} entry={entry} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Change({ entry: { subject, before, after, actor, atMs } }: { entry: AuditEntry }): ReactNode {
  return (
    <Table.Tr>
      <Table.Td>{subject}</Table.Td>
      <Table.Td>{t.fromTo(describeStored(before), describeStored(after))}</Table.Td>
      <Table.Td className="wrap-anywhere">{actor}</Table.Td>
      <Table.Td>
        <Time ms={atMs} />
      </Table.Td>
    </Table.Tr>
  );
}
