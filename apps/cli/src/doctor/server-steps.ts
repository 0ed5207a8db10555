import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { PolyroomServer } from '@polyroom/server-sdk';
import { reasonOf } from '../output/describe-error.js';
import { type Examination } from './examination.js';
import { failed, type Finding, ok, skipped } from './finding.js';

/** Servers accept tokens from clocks that are this far ahead. */
const toleratedSkewMs = 10_000;
const supportedApiVersion = '1';
const tlsProblems: Record<string, string> = {
  CERT_HAS_EXPIRED: 'renew the certificate',
  CERT_NOT_YET_VALID: 'check the clock of this machine, then the certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'use a certificate of a public authority, or name your own authority in NODE_EXTRA_CA_CERTS',
  ERR_TLS_CERT_ALTNAME_INVALID: 'use the host name of the certificate, or a certificate for this host name',
  SELF_SIGNED_CERT_IN_CHAIN: 'name the authority in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'name the authority in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'let the server send its intermediate certificates too',
};

export async function checkAddress(examination: Examination): Promise<Finding> {
  const host = new URL(examination.url).hostname.replace(/^\[|\]$/g, '');
  try {
    const found = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host }];
    examination.serverAddresses = found.map(({ address }) => address);
    return ok(`${host} is ${examination.serverAddresses.join(', ')}`);
  } catch (error) {
    return failed(
      'unknown address',
      `${host} does not resolve: ${reasonOf(error)}`,
      'no client finds the server',
      'correct --url, or the DNS record of the host',
    );
  }
}

export async function checkHttp(examination: Examination): Promise<Finding> {
  const { timeoutMs, url } = examination;
  const startedAtMs = Date.now();
  let response: Response;
  try {
    response = await fetch(`${url}/openapi.json`, {
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'manual',
    });
    examination.apiVersion = readApiVersion(await response.text());
  } catch (error) {
    return describeHttpFailure(url, error);
  }
  const answeredAtMs = Date.now();
  if (examination.apiVersion === undefined) {
    return failed(
      'not a gateway',
      `${url} answers with HTTP ${response.status}, but is no gateway`,
      'another web server, or a proxy without a route to the gateways, answers at this address',
      'correct --url, or the routes of the proxy',
    );
  }
  const date = Date.parse(response.headers.get('date') ?? '');
  if (!Number.isNaN(date)) {
    // The header has whole seconds, of the moment at which the answer was sent.
    examination.serverAheadMs = Math.round(date + 500 - (startedAtMs + answeredAtMs) / 2);
  }
  const transport = url.startsWith('https:') ? 'TLS with a trusted certificate' : 'HTTP without TLS';
  return ok(`${transport}, answered in ${answeredAtMs - startedAtMs} ms`);
}

/** The version of the API; with the credential of an operator also those of the processes. */
export async function checkVersion(examination: Examination): Promise<Finding> {
  const { apiKey, apiVersion, timeoutMs, url } = examination;
  if (apiVersion !== supportedApiVersion) {
    return failed(
      'other version',
      `the server has version ${apiVersion} of the API, this program knows ${supportedApiVersion}`,
      'commands may fail or miss fields',
      'install the version of @polyroom/cli that belongs to the server',
    );
  }
  const found = ok(`API version ${apiVersion}`);
  if (apiKey === undefined) {
    return found;
  }
  const server = new PolyroomServer({ url, apiKey, timeoutMs, attempts: 1 });
  const versions = await server.cluster.get().then(
    ({ instances }) => [...new Set(instances.map(({ version }) => version))],
    // An API key lacks the permission; an operator has it.
    () => [],
  );
  return versions.length === 0 ? found : ok(`${found.detail}; processes of version ${versions.join(', ')}`);
}

export function checkClock({ serverAheadMs }: Examination): Promise<Finding> {
  if (serverAheadMs === undefined) {
    return Promise.resolve(skipped('the server sends no Date'));
  }
  const seconds = Math.round(Math.abs(serverAheadMs) / 1000);
  if (Math.abs(serverAheadMs) <= toleratedSkewMs) {
    return Promise.resolve(ok(`${seconds} s apart from the clock of the server`));
  }
  return Promise.resolve(
    failed(
      'clock skew',
      `this clock is ${seconds} s ${serverAheadMs > 0 ? 'behind' : 'ahead of'} the clock of the server`,
      'tokens that are made here count as expired or as not valid yet: 1002078',
      'synchronise both clocks: timedatectl set-ntp true, or chrony',
    ),
  );
}

function describeHttpFailure(url: string, error: unknown): Finding {
  const { code } = Object((error as Error).cause ?? error) as { code?: string };
  const cure = code === undefined ? undefined : tlsProblems[code];
  if (cure !== undefined || code?.startsWith('ERR_SSL') || code === 'EPROTO') {
    return failed(
      'TLS',
      `TLS fails: ${reasonOf(error)}`,
      'browsers and SDKs refuse the connection',
      cure ?? 'check that the port speaks TLS; otherwise use an http address',
    );
  }
  return failed(
    'no server',
    `${url} does not answer: ${reasonOf(error)}`,
    'the gateway is not running, or a firewall or proxy blocks its port',
    'start the gateway, check the port in --url, and open it for TCP',
  );
}

function readApiVersion(text: string): string | undefined {
  try {
    const { info } = JSON.parse(text) as { info?: { title?: unknown; version?: unknown } };
    const isOurs = typeof info?.title === 'string' && info.title.startsWith('Polyroom');
    return isOurs && typeof info.version === 'string' ? info.version : undefined;
  } catch {
    return undefined;
  }
}
