import { clientSocketPath } from '@polyroom/contracts/client';
import { illegalArgument } from '../arguments.js';

/**
 * URL of a gateway's client socket, from `ws://…`, `http://…` or either with the path. `path` names the
 * argument in errors; the value is not quoted because it may contain credentials.
 */
export function toSocketUrl(server: string, path = 'server'): string {
  const url = parseUrl(server);
  if (url?.protocol === 'http:') {
    url.protocol = 'ws:';
  } else if (url?.protocol === 'https:') {
    url.protocol = 'wss:';
  }
  if (url?.protocol !== 'ws:' && url?.protocol !== 'wss:') {
    throw illegalArgument(
      path,
      'expected a ws, wss, http or https address, such as https://gateway.example.com',
    );
  }
  if (url.pathname === '/' || url.pathname === '') {
    url.pathname = clientSocketPath;
  }
  return url.href;
}

/** An address for logs and errors: without credentials and query. */
export function showUrl(address: string): string {
  const { host, pathname, protocol } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
