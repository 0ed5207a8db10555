import { clientSocketPath } from '@polyroom/contracts';

/** The address of a gateway's client socket, from `ws://…`, `http://…` or either with its path. */
export function toSocketUrl(server: string): string {
  const url = new URL(server);
  if (url.protocol === 'http:') {
    url.protocol = 'ws:';
  } else if (url.protocol === 'https:') {
    url.protocol = 'wss:';
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new TypeError(`a gateway is named by a ws, wss, http or https address, not by ${server}`);
  }
  if (url.pathname === '/' || url.pathname === '') {
    url.pathname = clientSocketPath;
  }
  return url.href;
}
