import { clientSocketPath } from '@polyroom/contracts/client';
import { illegalArgument } from '../arguments.js';

/** Scheme, credentials, host with port, path, and the rest. The URL class of React Native does not read them. */
const addressPattern =
  /^(wss?|https?):\/\/([^\s/?#@]*@)?((?:\[[\d.:a-f]+\]|[^\s/?#@:[\]\\]+)(?::(\d{1,5}))?)(\/[^\s?#]*)?([?#]\S*)?$/i;
const highestPort = 65_535;

/**
 * URL of a gateway's client socket, from `ws://…`, `http://…` or either with the path. `path` names the
 * argument in errors; the value is not quoted because it may contain credentials.
 */
export function toSocketUrl(server: string, path = 'server'): string {
  const found = addressPattern.exec(String(server).trim());
  const [, scheme = '', credentials = '', host = '', port = '0', pathname = '/', rest = ''] = found ?? [];
  if (found === null || Number(port) > highestPort) {
    throw illegalArgument(
      path,
      'expected a ws, wss, http or https address, such as https://gateway.example.com',
    );
  }
  const protocol = scheme.toLowerCase().replace('http', 'ws');
  return `${protocol}://${credentials}${host}${pathname === '/' ? clientSocketPath : pathname}${rest}`;
}

/** A socket URL for logs and errors: without credentials and query. */
export function showUrl(socketUrl: string): string {
  const [, scheme, , host, , pathname = ''] = addressPattern.exec(socketUrl)!;
  return `${scheme}://${host}${pathname}`;
}
