import { readFile } from 'node:fs/promises';

/** A row of the table of HTTP routes in docs/authorisation.md. */
export interface RouteRow {
  processes: string[];
  /** `METHOD /path/{parameter}`. */
  routes: string[];
  isPublic: boolean;
}

/** What a request with each kind of session is answered; `allowed` or a code. */
export interface SessionRow {
  route: string;
  withoutSession: string;
  temporaryPassword: string;
  signedIn: string;
}

export async function readRouteTable(): Promise<RouteRow[]> {
  const section = await readSection('## HTTP routes');
  const pattern = /^\| ([a-z, ]+) \| ((?:`[A-Z]+ \S+` ?)+)\| ([^|]+) \|$/gm;
  return [...section.matchAll(pattern)].map(([, processes, routes, credential]) => ({
    processes: processes!.split(', '),
    routes: [...routes!.matchAll(/`([^`]+)`/g)].map(([, route]) => toTemplate(route!)),
    isPublic: credential!.startsWith('none:'),
  }));
}

export async function readSessionTable(): Promise<SessionRow[]> {
  const section = await readSection('### Sessions of operators');
  const pattern = /^\| `([A-Z]+ \/v1\/\S+)` \| (allowed|\d{7}) \| (allowed|\d{7}) \| (allowed|\d{7}) \|$/gm;
  return [...section.matchAll(pattern)].map(([, route, without, temporary, signedIn]) => ({
    route: toTemplate(route!),
    withoutSession: without!,
    temporaryPassword: temporary!,
    signedIn: signedIn!,
  }));
}

/** The actions of docs/zego-server-api.md. */
export async function readZegoActions(): Promise<string[]> {
  const page = await readPage('zego-server-api.md');
  const section = page.split('## Actions')[1]!.split('\n## ')[0]!;
  return [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, names]) =>
    [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
  );
}

function toTemplate(route: string): string {
  return route.replace(/:(\w+)/g, '{$1}');
}

async function readSection(heading: string): Promise<string> {
  const page = await readPage('authorisation.md');
  return page.split(`\n${heading}\n`)[1]!.split(/\n##+ /)[0]!;
}

function readPage(name: string): Promise<string> {
  return readFile(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');
}
