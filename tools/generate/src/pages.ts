import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dashboards } from './dashboards/dashboards.js';
import { renderDashboard } from './dashboards/render-dashboard.js';
import { renderAsyncApi } from './render-async-api.js';
import { renderErrors } from './render-errors.js';
import { renderLimits } from './render-limits.js';
import { renderOpenApi } from './render-open-api.js';
import { renderPrometheusRule } from './render-prometheus-rule.js';
import { renderRestClient, restClientFile } from './render-rest-client.js';
import { renderZegoCalls } from './render-zego-calls.js';

export const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** A file that is generated from code: a page of the documentation, types, or a file to deploy. */
export interface Page {
  file: string;
  render: () => string | Promise<string>;
}

export const openApiFile = join(rootDir, 'docs', 'openapi.json');

/** Every page that the generator writes and the spec compares, in this order: the last one reads another. */
export const pages: Page[] = [
  { file: join(rootDir, 'docs', 'errors.md'), render: renderErrors },
  { file: join(rootDir, 'docs', 'limits.md'), render: renderLimits },
  { file: join(rootDir, 'docs', 'asyncapi.json'), render: renderAsyncApi },
  { file: join(rootDir, 'docs', 'zego.md'), render: renderZegoCalls },
  ...dashboards.map((dashboard) => ({
    file: join(rootDir, 'deploy', 'grafana', 'dashboards', `${dashboard.name}.json`),
    render: () => renderDashboard(dashboard),
  })),
  {
    file: join(rootDir, 'deploy', 'k8s', 'components', 'monitoring', 'prometheus-rule.yaml'),
    render: () => renderPrometheusRule(rootDir),
  },
  { file: openApiFile, render: () => renderOpenApi(rootDir) },
  { file: restClientFile, render: () => renderRestClient(openApiFile) },
];
