import { subjectToken } from '@polyroom/contracts';
import { parseNatsAddresses, type TlsFiles } from '@polyroom/config';
import { type Authenticator, type ConnectionOptions } from '@nats-io/transport-node';

/** Options of the NATS client: its servers and the credentials for each. */
export type ServerOptions = Pick<
  ConnectionOptions,
  'servers' | 'tls' | 'user' | 'pass' | 'authenticator' | 'reconnectToServer' | 'inboxPrefix'
> & { servers: string[] };

interface Credentials {
  user: string;
  pass: string;
}

/**
 * Converts an address list to client options, which hold addresses and credentials separately. An entry
 * without credentials uses those of the first entry that has some, and so do servers that the client
 * discovers. Throws AddressError.
 */
export function toServerOptions(text: string, files: TlsFiles = {}): ServerOptions {
  const entries = parseNatsAddresses(text);
  const servers = entries.map(({ host, port }) => `${host}:${port}`);
  // The client ignores the scheme: without this option it would send the password in clear text.
  const tls = entries.some(({ scheme }) => scheme === 'tls') ? { tls: { ...files } } : {};
  const given = entries.map(({ username, password }) =>
    username === undefined ? undefined : { user: username, pass: password ?? '' },
  );
  const first = given.find((credentials) => credentials !== undefined);
  if (first === undefined) {
    return { servers, ...tls };
  }
  const byServer = new Map(servers.map((server, index) => [server, given[index] ?? first]));
  const areSame = [...byServer.values()].every(
    ({ user, pass }) => user === first.user && pass === first.pass,
  );
  return {
    ...{ servers, ...tls },
    ...(areSame ? first : credentialsByServer(byServer, first)),
    // The server permits each user only its own inboxes (deploy/nats/nats.conf).
    inboxPrefix: `_INBOX.${subjectToken(first.user)}`,
  };
}

/** The client asks for credentials without naming the server, so this records the server it dials. */
function credentialsByServer(
  byServer: Map<string, Credentials>,
  first: Credentials,
): Pick<ConnectionOptions, 'authenticator' | 'reconnectToServer'> {
  let dialled: string | undefined;
  const authenticator: Authenticator = () => byServer.get(dialled ?? '') ?? first;
  return {
    authenticator,
    reconnectToServer: ([next]) => {
      dialled = next?.listen;
      return null;
    },
  };
}
