import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

export const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export function readText(path: string): string {
  return readFileSync(join(rootDir, path), 'utf8');
}

export function pathExists(path: string): boolean {
  return existsSync(join(rootDir, path));
}

/** Every document of a YAML file; throws at the first syntax error. */
export function parseYaml(text: string): unknown[] {
  return parseAllDocuments(text, { merge: true }).flatMap((document) => {
    if (document.errors.length > 0) {
      throw document.errors[0]!;
    }
    const value: unknown = document.toJS();
    return value === null ? [] : [value];
  });
}

/** The process of all services. */
export const allInOne = 'all-in-one';

/** The services: every app with an entry point, except the tests and the process of all services. */
export function listServices(): string[] {
  return readdirSync(join(rootDir, 'apps')).filter(
    (app) => app !== 'e2e' && app !== allInOne && pathExists(`apps/${app}/src/main.ts`),
  );
}

/** The files below a folder with one of these endings, sorted, without build output. */
export function listFiles(folder: string, endings: string[]): string[] {
  const skipped = new Set(['node_modules', 'dist', 'generated']);
  return readdirSync(join(rootDir, folder))
    .sort()
    .flatMap((name) => {
      const path = `${folder}/${name}`;
      if (statSync(join(rootDir, path)).isDirectory()) {
        return skipped.has(name) ? [] : listFiles(path, endings);
      }
      return endings.some((ending) => name.endsWith(ending)) ? [path] : [];
    });
}

const variablePattern =
  /\b(?:POLYROOM_[A-Z0-9_]*[A-Z0-9]|DATABASE_URL|MEDIASOUP_WORKER_BIN|OTEL_EXPORTER_OTLP_ENDPOINT)\b/g;

/** The names of our environment variables in a text. */
export function findVariables(text: string): string[] {
  return [...new Set(text.match(variablePattern) ?? [])].sort();
}

/** The variables that the services read: those named in the code of libs/config, the apps and the engines. */
export function listConfigurationVariables(): string[] {
  const files = [
    'libs/config/src',
    'libs/media-engine/src',
    'libs/session/src',
    ...[...listServices(), allInOne].map((app) => `apps/${app}/src`),
  ]
    .flatMap((folder) => listFiles(folder, ['.ts']))
    .filter((file) => !file.endsWith('.spec.ts'));
  return [...new Set(files.flatMap((file) => findVariables(readText(file))))].sort();
}
