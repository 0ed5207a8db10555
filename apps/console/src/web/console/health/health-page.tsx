import { Badge, Group, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { useRead } from '../api/use-api.js';
import { type ClusterView } from '../api/views.js';
import { texts } from '../texts.js';
import { Page, Panel } from '../ui/page.js';
import { Denied, Empty, Loaded } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';

const t = texts.health;
type Instance = ClusterView['instances'][number];
type MediaNode = ClusterView['mediaNodes'][number];

/** The health of the cluster: processes, what they depend on, media nodes. */
export function HealthPage(): ReactNode {
  const { can } = useAccess();
  const cluster = useRead<ClusterView>(can('cluster:read') ? '/cluster' : undefined, { live: true });
  return (
    <Page title={t.title} lead={t.lead}>
      {can('cluster:read') ? (
        <Loaded query={cluster} rows={8}>
          {({ instances, mediaNodes }) => (
            <>
              <Dependencies instances={instances} />
              <MediaNodes nodes={mediaNodes} />
              <Panel title={t.services}>
                <VirtualTable
                  label={t.services}
                  columns={instanceColumns}
                  rows={instances}
                  keyOf={({ service, instanceId }) => `${service} ${instanceId}`}
                />
              </Panel>
            </>
          )}
        </Loaded>
      ) : (
        <Denied permission="cluster:read" />
      )}
    </Page>
  );
}

/** The checks of all processes, by the dependency. */
function Dependencies({ instances }: { instances: Instance[] }): ReactNode {
  const checks = instances.flatMap(({ service, checks: results }) =>
    Object.entries(results).map(([name, result]) => ({ name, service, result })),
  );
  const names = [...new Set(checks.map(({ name }) => name))].sort((a, b) => a.localeCompare(b));
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
      {names.map((name) => {
        const own = checks.filter((check) => check.name === name);
        const failed = own.filter(({ result }) => result !== 'ok');
        return (
          <Stack key={name} gap={4} className="figure">
            <Group justify="space-between" wrap="nowrap">
              <Text fw={600}>{t.dependencies[name as keyof typeof t.dependencies] ?? name}</Text>
              <Badge variant="light" color={failed.length === 0 ? 'teal' : 'red'} flex="none">
                {failed.length === 0 ? t.ok : t.failing}
              </Badge>
            </Group>
            <Text size="xs" c="dimmed">
              {failed.length === 0
                ? t.seenBy(own.length)
                : failed.map(({ service, result }) => t.problem(service, result)).join(' ')}
            </Text>
          </Stack>
        );
      })}
    </SimpleGrid>
  );
}

function MediaNodes({ nodes }: { nodes: MediaNode[] }): ReactNode {
  return (
    <Panel title={t.mediaNodes}>
      {nodes.length === 0 ? (
        <Empty title={t.noMediaNodes}>{t.noMediaNodesLead}</Empty>
      ) : (
        <VirtualTable
          label={t.mediaNodes}
          columns={nodeColumns}
          rows={nodes}
          keyOf={({ nodeId }) => nodeId}
        />
      )}
    </Panel>
  );
}

const percent = 100;
const busyLoad = 0.8;

const nodeColumns: Column<MediaNode>[] = [
  {
    key: 'node',
    title: t.node,
    width: 'minmax(0, 1.2fr)',
    cell: ({ nodeId, region }) => (
      <>
        <Text size="sm" fw={500}>
          {nodeId}
        </Text>
        <Text size="xs" c="dimmed">
          {region}
        </Text>
      </>
    ),
  },
  {
    key: 'state',
    title: t.state,
    width: 'minmax(0, 1fr)',
    cell: ({ state }) => (
      <Badge variant="light" color={state === 'active' ? 'teal' : 'yellow'}>
        {t.states[state]}
      </Badge>
    ),
  },
  {
    key: 'load',
    title: t.cpu,
    width: 'minmax(0, 1.6fr)',
    cell: ({ nodeId, cpuLoad }) => (
      <Group gap="xs" wrap="nowrap">
        <Progress
          value={Math.min(cpuLoad, 1) * percent}
          color={cpuLoad > busyLoad ? 'red' : 'indigo'}
          className="load"
          aria-label={t.cpuOf(nodeId)}
        />
        {t.percent(Math.round(cpuLoad * percent))}
      </Group>
    ),
  },
  {
    key: 'sessions',
    title: t.sessions,
    width: 'minmax(0, 0.8fr)',
    cell: ({ sessions }) => sessions.toLocaleString(),
  },
  { key: 'workers', title: t.workers, width: 'minmax(0, 0.8fr)', cell: ({ workers }) => workers },
];

const instanceColumns: Column<Instance>[] = [
  {
    key: 'service',
    title: t.service,
    width: 'minmax(0, 1.4fr)',
    cell: ({ service, instanceId }) => (
      <>
        <Text size="sm" fw={500}>
          {service}
        </Text>
        <Text size="xs" c="dimmed">
          {instanceId}
        </Text>
      </>
    ),
  },
  { key: 'version', title: t.version, width: 'minmax(0, 0.7fr)', cell: ({ version }) => version },
  {
    key: 'checks',
    title: t.checks,
    width: 'minmax(0, 2fr)',
    cell: ({ checks }) => (
      <Group gap={6}>
        {Object.entries(checks).map(([name, result]) => (
          <Badge key={name} variant="light" color={result === 'ok' ? 'teal' : 'red'} title={result}>
            {t.check(t.dependencies[name as keyof typeof t.dependencies] ?? name, result === 'ok')}
          </Badge>
        ))}
      </Group>
    ),
  },
  {
    key: 'started',
    title: t.started,
    width: 'minmax(0, 1.3fr)',
    cell: ({ startedAtMs }) => <Time ms={startedAtMs} />,
  },
];
