import { type ErrorCategory, errorRegistry, type ErrorSpec, httpStatusOf } from '@polyroom/contracts';

/** The families of codes, by thousands; those below 1190 are from ZEGO Express. */
const families: Record<number, string> = {
  1000: 'Common',
  1001: 'Engine',
  1002: 'Rooms and logins',
  1003: 'Publishing',
  1004: 'Playing',
  1009: 'Messages',
  1100: 'Web client',
  1103: 'Web capture',
  1190: 'Polyroom’s own',
};

const categoryMeanings: Record<ErrorCategory, string> = {
  invalid_argument: 'The request is invalid, regardless of any state.',
  unauthenticated: 'The caller is not authenticated.',
  permission_denied: 'The caller is authenticated and not allowed to do this.',
  not_found: 'The named resource does not exist.',
  conflict: 'The named resource exists already or belongs to another user.',
  failed_precondition: 'The request is valid, but not in the current state: another step has to come first.',
  precondition_required: 'The request must name the state that it applies to.',
  unprocessable: 'The request is well-formed but cannot be carried out.',
  range_not_satisfiable: 'The requested range is outside the resource.',
  resource_exhausted: 'A limit has been reached.',
  unavailable: 'A part of the system cannot answer now.',
  timeout: 'A part of the system did not answer in time.',
  internal: 'An internal fault.',
};

/** Renders `docs/errors.md`: every error of the registry by family, in the order of the codes. */
export function renderErrors(): string {
  const rows = Object.entries(errorRegistry) as [string, ErrorSpec][];
  const familyOf = (spec: ErrorSpec): number => Math.floor(spec.code / 1000);
  const present = new Set(rows.map(([, spec]) => familyOf(spec)));
  const sections = [...present]
    .sort((left, right) => left - right)
    .map((family) =>
      renderFamily(
        family,
        rows.filter(([, spec]) => familyOf(spec) === family),
      ),
    );
  return `${[header(), renderCategories(), ...sections].join('\n\n')}\n`;
}

function header(): string {
  return [
    '# Errors',
    '',
    '<!-- Generated from libs/contracts/src/errors by tools/generate. Do not edit: run `npm run build`',
    'and `node tools/generate/dist/main.js`. A spec fails if this page is stale. -->',
    '',
    'Every error has a number, a name, a category and one sentence. The number survives every hop: from a Lua',
    'command in Redis through the bus to the WebSocket, the REST answer and the SDK. Numbers below 1190000 are',
    'those of ZEGO Express with their meaning; the others are Polyroom’s own. A number is never reused and a',
    'name never changed.',
    '',
    'On the wire an error is `{code, name, message, details?, correlationId?, retryable, fault?}`. *Again* says',
    'whether the same request may succeed later without a change. *By* says who raises it: the servers, or the',
    'SDK on its own. An unexpected fault is 1002099 with a correlation ID that the log of the service shows as well.',
  ].join('\n');
}

function renderCategories(): string {
  const rows = (Object.entries(categoryMeanings) as [ErrorCategory, string][]).map(
    ([category, meaning]) => `| ${category} | ${httpStatusOf(category)} | ${meaning} |`,
  );
  return ['## Categories', '', '| Category | HTTP | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function renderFamily(family: number, members: [string, ErrorSpec][]): string {
  const rows = members
    .sort(([, left], [, right]) => left.code - right.code)
    .map(
      ([name, { code, category, retryable, raisedBy, summary }]) =>
        `| ${code} | \`${name}\` | ${category} | ${retryable ? 'yes' : 'no'} | ${raisedBy} | ${escapeCell(summary)} |`,
    );
  return [
    `## ${family}xxx ${families[family] ?? 'Others'}`,
    '',
    '| Code | Name | Category | Again | By | Meaning |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
