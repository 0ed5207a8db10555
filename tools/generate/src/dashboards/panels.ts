import {
  type DataSourceRef,
  LegendDisplayMode,
  LegendPlacement,
} from '@grafana/grafana-foundation-sdk/common';
import { VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { type Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TextBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** The data source that the viewer of the dashboard chooses. */
export const datasource: DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

/** Grafana's names of units. */
export type Unit = 'short' | 's' | 'bytes' | 'Bps' | 'reqps' | 'ops' | 'percentunit' | 'cps';

/** A query with the text of its legend, which may contain labels as `{{label}}`. */
export type Query = [expression: string, legend: string];

/** A panel without its place: `width` is of 24 columns, `height` in units of the grid. */
export interface Sized {
  panel: Panel;
  width: number;
  height: number;
}

const legend = new VizLegendOptionsBuilder()
  .displayMode(LegendDisplayMode.List)
  .placement(LegendPlacement.Bottom)
  .showLegend(true);

/** Lines over time, half as wide as the dashboard. */
export function graph(title: string, description: string, unit: Unit, queries: Query[]): Sized {
  const builder = new GraphBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .min(0)
    .lineWidth(1)
    .fillOpacity(10)
    .legend(legend)
    .targets(toTargets(queries));
  return { panel: builder.build(), width: 12, height: 8 };
}

/** The current value as a number. */
export function stat(title: string, description: string, unit: Unit, expression: string): Sized {
  const builder = new StatBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .targets(toTargets([[expression, '']]));
  return { panel: builder.build(), width: 4, height: 4 };
}

/** Markdown over the whole width. */
export function note(title: string, content: string): Sized {
  const builder = new TextBuilder().title(title).mode(TextMode.Markdown).content(content);
  return { panel: builder.build(), width: 24, height: 4 };
}

/** Median, 95th and 99th percentile of a histogram, by `legend` if it has labels: `by` names them. */
export function percentiles(histogram: string, selector = '', by: string[] = []): Query[] {
  const labels = ['le', ...by].join(', ');
  const suffix = by.map((label) => ` {{${label}}}`).join('');
  return [0.5, 0.95, 0.99].map((quantile) => [
    `histogram_quantile(${quantile}, sum by (${labels}) (rate(${histogram}_bucket${selector}[$__rate_interval])))`,
    `p${quantile * 100}${suffix}`,
  ]);
}

/** Rate per second of a counter, summed by labels. */
export function rate(counter: string, selector: string, by: string[]): Query {
  const legendText = by.map((label) => `{{${label}}}`).join(' ') || 'all';
  return [`sum by (${by.join(', ')}) (rate(${counter}${selector}[$__rate_interval]))`, legendText];
}

function toTargets(queries: Query[]): DataqueryBuilder[] {
  return queries.map(([expression, legendText], index) =>
    new DataqueryBuilder()
      .refId(String.fromCharCode('A'.charCodeAt(0) + index))
      .datasource(datasource)
      .expr(expression)
      .legendFormat(legendText)
      .range(),
  );
}
