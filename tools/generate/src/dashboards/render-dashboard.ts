import {
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { datasource, type Sized } from './panels.js';

export interface Dashboard {
  /** The name of its file, and the end of its address in Grafana. */
  name: string;
  title: string;
  description: string;
  /** Labels that the viewer may choose values of: `[variable, label, metric that has it]`. */
  choices?: [variable: string, label: string, metric: string][];
  panels: Sized[];
}

const columns = 24;
/** The version of Grafana's schema of dashboards in files, which Grafana 8 and later migrate from. */
const schemaVersion = 36;

/** The JSON that Grafana imports, or reads through `deploy/grafana/provisioning`. */
export function renderDashboard({ name, title, description, choices = [], panels }: Dashboard): string {
  const dashboard = {
    uid: `polyroom-${name}`,
    title: `Polyroom / ${title}`,
    description,
    tags: ['polyroom'],
    editable: true,
    // A shared crosshair.
    graphTooltip: 1,
    refresh: '30s',
    schemaVersion,
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    annotations: { list: [] },
    templating: {
      list: [new DatasourceVariableBuilder('datasource').type('prometheus'), ...choices.map(choice)].map(
        (variable) => variable.build(),
      ),
    },
    panels: place(panels),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

function choice([variable, label, metric]: [string, string, string]): QueryVariableBuilder {
  return new QueryVariableBuilder(variable)
    .datasource(datasource)
    .query(`label_values(${metric}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });
}

/** From left to right, in as many rows as needed. */
function place(sized: Sized[]): Panel[] {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return sized.map(({ panel, width, height }, index) => {
    if (x + width > columns) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const gridPos = { x, y, w: width, h: height };
    x += width;
    rowHeight = Math.max(rowHeight, height);
    return { ...panel, id: index + 1, gridPos };
  });
}
