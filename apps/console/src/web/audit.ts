import { adminUrlOf } from './admin/api.js';
import { element, getById } from './dom.js';
import { loadPageConfig } from './page-config.js';

interface Entry {
  atMs: number;
  actor: string;
  address: string | null;
  action: string;
  appId: number;
  subject: string;
  before: unknown;
  after: unknown;
  outcome: string;
  requestId: string | null;
}

interface Page {
  entries: Entry[];
  next?: string;
}

const form = getById<HTMLFormElement>('filter');
const rows = getById<HTMLTableSectionElement>('rows');
const status = getById('status');
const more = getById<HTMLButtonElement>('more');
let cursor: string | undefined;

/** The value of a field, undefined if it is empty. */
function valueOf(name: string): string | undefined {
  const value = new FormData(form).get(name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The address of the filtered audit, or of its export. */
function toUrl(isExport: boolean, after?: string): string {
  const appId = valueOf('appId');
  const scope = appId === undefined ? '' : `apps/${appId}/`;
  const time = (name: string): string | undefined => {
    const text = valueOf(name);
    return text === undefined ? undefined : String(Date.parse(text));
  };
  const filter = {
    actor: valueOf('actor'),
    action: valueOf('action'),
    subject: valueOf('subject'),
    fromMs: time('from'),
    toMs: time('to'),
    cursor: after,
  };
  const query = new URLSearchParams(
    Object.entries(filter).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  return `${adminUrlOf(valueOf('gateway') ?? '')}/${scope}audit${isExport ? '/export' : ''}?${query.toString()}`;
}

/** Throws the gateway's message. Without a token, the session of this browser is used; a token is stored nowhere. */
async function request(url: string): Promise<Response> {
  const token = valueOf('token');
  const response = await fetch(
    url,
    token === undefined ? { credentials: 'include' } : { headers: { authorization: `Bearer ${token}` } },
  );
  if (!response.ok) {
    const { error } = (await response.json()) as { error: { code: number; message: string } };
    throw new Error(`${error.code}: ${error.message}`);
  }
  return response;
}

async function run(work: () => Promise<string>): Promise<void> {
  status.textContent = 'Loading';
  try {
    status.textContent = await work();
  } catch (error) {
    status.textContent = error instanceof Error ? error.message : String(error);
  }
}

async function show(after?: string): Promise<string> {
  const page = (await (await request(toUrl(false, after))).json()) as Page;
  if (after === undefined) {
    rows.replaceChildren();
  }
  rows.append(...page.entries.map(toRow));
  cursor = page.next;
  more.hidden = cursor === undefined;
  return `${rows.childElementCount} rows`;
}

function toRow(entry: Entry): HTMLTableRowElement {
  const cells = {
    Time: new Date(entry.atMs).toISOString().replace('T', ' '),
    Author: entry.actor,
    Address: entry.address ?? '',
    Action: entry.action,
    AppID: entry.appId === 0 ? '' : String(entry.appId),
    Subject: entry.subject,
    Before: toText(entry.before),
    After: toText(entry.after),
    Outcome: entry.outcome,
    Request: entry.requestId ?? '',
  };
  const columns = Object.entries(cells).map(([column, text]) => {
    const cell = element('td', {}, text);
    cell.dataset['column'] = column;
    return cell;
  });
  return element('tr', {}, ...columns);
}

function toText(value: unknown): string {
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

async function download(): Promise<string> {
  const href = URL.createObjectURL(await (await request(toUrl(true))).blob());
  element('a', { href, download: 'audit.ndjson' }).click();
  URL.revokeObjectURL(href);
  return 'Exported';
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void run(() => show());
});
more.addEventListener('click', () => void run(() => show(cursor)));
getById('export').addEventListener('click', () => void run(download));

const { gateways } = await loadPageConfig();
getById('gateway').append(...gateways.map((url) => element('option', { value: url }, url)));
