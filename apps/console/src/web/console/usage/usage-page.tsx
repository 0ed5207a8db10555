import { NativeSelect, SimpleGrid, Stack, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useAccess } from '../access.js';
import { useRead } from '../api/use-api.js';
import { type UsageView } from '../api/views.js';
import { pathOfApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { Page } from '../ui/page.js';
import { Denied, Empty, Loaded, Loading } from '../ui/states.js';
import { formatBytes, formatCount, formatMinutes } from './format-usage.js';
import { UsageDetails } from './usage-details.js';
import { fillSteps, rangeOf, type UsagePeriod, usagePeriods } from './usage-period.js';

const t = texts.usage;

const noUsage: UsageView = {
  sessionMinutes: 0,
  memberMinutes: 0,
  messages: 0,
  messageBytes: 0,
  sentBytes: 0,
  receivedBytes: 0,
};

/** The charts are large, and no other page needs them. */
const UsageCharts = lazy(() =>
  import('./usage-charts.js').then((module) => ({ default: module.UsageCharts })),
);

/** The usage of an AppID: its sums, their course, and by room and user. */
export function UsagePage(): ReactNode {
  const { appId } = useParams({ from: '/shell/apps/$appId' });
  const { can } = useAccess();
  const [period, setPeriod] = useState<UsagePeriod>('day');
  if (!can('usage:read', appId)) {
    return (
      <Page title={t.title}>
        <Denied permission="usage:read" />
      </Page>
    );
  }
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <NativeSelect
          aria-label={t.period}
          value={period}
          onChange={(event) => setPeriod(event.currentTarget.value as UsagePeriod)}
          data={usagePeriods.map((value) => ({ value, label: t.periods[value] }))}
        />
      }
    >
      <Usage path={`${pathOfApp(appId)}/usage`} appId={appId} period={period} />
    </Page>
  );
}

function Usage({ path, appId, period }: { path: string; appId: number; period: UsagePeriod }): ReactNode {
  const range = rangeOf(period, Date.now());
  const isHourly = period === 'day';
  const query = { from: String(range.fromMs), to: String(range.toMs) };
  const search = new URLSearchParams({ ...query, limit: '1000' }).toString();
  const total = useRead<{ usage: UsageView[] }>(`${path}?${search}&by=app`);
  const series = useRead(`${path}?${search}&by=${isHourly ? 'hour' : 'day'}`, {
    select: ({ usage }: { usage: UsageView[] }): UsageView[] => fillSteps(usage, range, noUsage),
  });
  return (
    <Loaded query={total} rows={6}>
      {({ usage: [sums] }) =>
        sums === undefined ? (
          <Empty title={t.none}>{t.noneLead}</Empty>
        ) : (
          <Stack gap="lg">
            <Totals usage={sums} />
            <Loaded query={series} rows={6}>
              {(steps) => (
                <>
                  <Suspense fallback={<Loading rows={6} />}>
                    <UsageCharts usage={steps} isHourly={isHourly} />
                  </Suspense>
                  <UsageDetails path={path} appId={appId} query={query} steps={steps} isHourly={isHourly} />
                </>
              )}
            </Loaded>
          </Stack>
        )
      }
    </Loaded>
  );
}

function Totals({ usage }: { usage: UsageView }): ReactNode {
  const figures: [string, string][] = [
    [t.sessionMinutes, formatMinutes(usage.sessionMinutes)],
    [t.memberMinutes, formatMinutes(usage.memberMinutes)],
    [t.messages, formatCount(usage.messages)],
    [t.sent, formatBytes(usage.sentBytes)],
    [t.received, formatBytes(usage.receivedBytes)],
  ];
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }}>
      {figures.map(([label, value]) => (
        <Stack key={label} gap={0} className="figure">
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          <Text size="xl" fw={600}>
            {value}
          </Text>
        </Stack>
      ))}
    </SimpleGrid>
  );
}
