import { Badge, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useAccess } from '../access.js';
import { useRead } from '../api/use-api.js';
import { type AppView, type EntitlementView } from '../api/views.js';
import { pathOfApp, useApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { SearchIcon } from '../ui/icons.js';
import { PageLink } from '../ui/links.js';
import { Page } from '../ui/page.js';
import { Empty, Loaded } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';
import { CreateApp } from './create-app.js';

const t = texts.apps;

const columns: Column<AppView>[] = [
  {
    key: 'name',
    title: t.name,
    width: '2fr',
    cell: ({ appId, name }) => (
      <PageLink to="/apps/$appId" params={{ appId }} fw={500}>
        {name}
      </PageLink>
    ),
  },
  { key: 'appId', title: t.appIdColumn, width: '1fr', cell: ({ appId }) => appId },
  { key: 'mode', title: t.multiRoom, width: '1fr', cell: ({ appId }) => <MultiRoomBadge appId={appId} /> },
  {
    key: 'enabled',
    title: t.state,
    width: '1fr',
    cell: ({ enabled }) => (
      <Badge variant="light" color={enabled ? 'teal' : 'red'}>
        {enabled ? t.enabled : t.disabled}
      </Badge>
    ),
  },
  { key: 'created', title: t.created, width: '1.3fr', cell: ({ createdAtMs }) => <Time ms={createdAtMs} /> },
];

/** The AppIDs of the operator. */
export function AppsPage(): ReactNode {
  const { can } = useAccess();
  return (
    <Page title={t.title} lead={t.lead} actions={can('apps:create') && <CreateApp />}>
      {can('apps:read') ? <AllApps /> : <GrantedApps />}
    </Page>
  );
}

function AllApps(): ReactNode {
  const { can } = useAccess();
  const apps = useRead<{ apps: AppView[] }>('/apps', { live: true });
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  return (
    <Loaded query={apps} rows={6}>
      {(reply) => {
        const found = reply.apps.filter(
          ({ name, appId }) => name.toLowerCase().includes(wanted) || String(appId).includes(wanted),
        );
        if (reply.apps.length === 0) {
          return <Empty title={t.none}>{can('apps:create') ? t.noneLead : undefined}</Empty>;
        }
        return (
          <>
            <TextInput
              label={t.search}
              leftSection={<SearchIcon />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              maw={420}
            />
            {found.length === 0 ? (
              <Empty title={texts.states.noMatch(search)} />
            ) : (
              <VirtualTable
                label={t.title}
                columns={columns}
                rows={found}
                keyOf={({ appId }) => String(appId)}
              />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

/** With roles for single AppIDs, the list of all of them is refused. */
function GrantedApps(): ReactNode {
  const { grants } = useAccess();
  const appIds = [...new Set(grants.flatMap(({ appId }) => appId ?? []))];
  if (appIds.length === 0) {
    return <Empty title={t.noRole}>{t.noRoleLead}</Empty>;
  }
  return <VirtualTable label={t.title} columns={grantedColumns} rows={appIds} keyOf={String} />;
}

const grantedColumns: Column<number>[] = [
  {
    key: 'name',
    title: t.name,
    width: '2fr',
    cell: (appId) => (
      <PageLink to="/apps/$appId" params={{ appId }} fw={500}>
        <AppName appId={appId} />
      </PageLink>
    ),
  },
  { key: 'appId', title: t.appIdColumn, width: '1fr', cell: (appId) => appId },
  { key: 'mode', title: t.multiRoom, width: '1fr', cell: (appId) => <MultiRoomBadge appId={appId} /> },
];

function AppName({ appId }: { appId: number }): ReactNode {
  return useApp(appId).data?.name ?? t.appId(appId);
}

/** Read when its row comes into view. */
function MultiRoomBadge({ appId }: { appId: number }): ReactNode {
  const { data } = useRead<{ entitlement: EntitlementView }>(`${pathOfApp(appId)}/entitlements/multiRoom`);
  if (data === undefined) {
    return null;
  }
  const isOn = data.entitlement.value === true;
  return (
    <Badge variant="light" color={isOn ? 'indigo' : 'gray'}>
      {isOn ? texts.states.on : texts.states.off}
    </Badge>
  );
}
