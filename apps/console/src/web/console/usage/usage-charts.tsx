import '@mantine/charts/styles.css';
import { AreaChart, BarChart } from '@mantine/charts';
import { SimpleGrid, Stack } from '@mantine/core';
import { type ReactNode } from 'react';
import { type UsageView } from '../api/views.js';
import { texts } from '../texts.js';
import { Panel } from '../ui/page.js';
import { formatBytes, formatCount, formatMinutes, formatStep } from './format-usage.js';

const t = texts.usage;
const heightPx = 240;
/** Enough for `1,000 GB`. */
const axisPx = 72;
const colors = ['indigo.6', 'teal.6'] as const;

/** The course of a period. The table below has the same figures by time, for screen readers. */
export function UsageCharts({ usage, isHourly }: { usage: UsageView[]; isHourly: boolean }): ReactNode {
  const common = {
    h: heightPx,
    data: usage.map(({ fromMs = 0, ...figures }) => ({ ...figures, time: formatStep(fromMs, isHourly) })),
    dataKey: 'time',
    withLegend: true,
    yAxisProps: { width: axisPx },
  };
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <Panel title={t.minutesChart}>
          <AreaChart
            {...common}
            withDots={false}
            valueFormatter={formatMinutes}
            series={[
              { name: 'sessionMinutes', label: t.sessionMinutes, color: colors[0] },
              { name: 'memberMinutes', label: t.memberMinutes, color: colors[1] },
            ]}
          />
        </Panel>
        <Panel title={t.bytesChart}>
          <AreaChart
            {...common}
            withDots={false}
            valueFormatter={formatBytes}
            series={[
              { name: 'sentBytes', label: t.sent, color: colors[0] },
              { name: 'receivedBytes', label: t.received, color: colors[1] },
            ]}
          />
        </Panel>
      </SimpleGrid>
      <Panel title={t.messagesChart}>
        <BarChart
          {...common}
          withLegend={false}
          valueFormatter={formatCount}
          series={[{ name: 'messages', label: t.messages, color: colors[0] }]}
        />
      </Panel>
    </Stack>
  );
}
