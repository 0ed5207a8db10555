import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** A JSON object, as far as this document needs one. */
type Json = Record<string, unknown>;

interface OpenApi {
  info: { title: string; description: string };
  openapi: string;
  paths: Record<string, Json>;
  tags?: Json[];
  components: Record<string, Json>;
}

/** Apps with a REST API; the built entry `openapi.js` of each prints its document. */
const apps = ['gateway', 'interop'];

/** Renders `docs/openapi.json`: the REST routes of all services as OpenAPI 3.1. */
export function renderOpenApi(rootDir: string): string {
  const documents = apps.map((app) => {
    const entry = join(rootDir, 'apps', app, 'dist', 'openapi.js');
    return JSON.parse(execFileSync(process.execPath, [entry], { encoding: 'utf8', env: {} })) as OpenApi;
  });
  const document = {
    openapi: documents[0]!.openapi,
    info: {
      title: 'Polyroom REST API',
      version: '1',
      description: [
        'Generated from the schemas that validate requests; docs/protocol.md and docs/interop.md explain it.',
        ...documents.map(({ info }) => `${info.title}: ${info.description}`),
      ].join('\n\n'),
    },
    paths: Object.fromEntries(
      documents.flatMap(({ paths }) => Object.entries(paths)).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    components: mergeSections(documents.map(({ components }) => components)),
    tags: documents.flatMap(({ tags = [] }) => tags),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Two services may describe the same component, not different ones by one name. */
function mergeSections(parts: Record<string, Json>[]): Json {
  const sections: Record<string, Json> = {};
  for (const [section, components] of parts.flatMap((part) => Object.entries(part))) {
    const merged = (sections[section] ??= {});
    for (const [name, component] of Object.entries(components)) {
      if (name in merged && JSON.stringify(merged[name]) !== JSON.stringify(component)) {
        throw new Error(`two services describe different ${section} as ${name}`);
      }
      merged[name] = component;
    }
  }
  return sections;
}
