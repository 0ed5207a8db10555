import { subjectToken } from '@polyroom/contracts';
import { natsAddressRules, parseServerAddresses } from '@polyroom/config';
import { type Authenticator, type ConnectionOptions } from '@nats-io/transport-node';

/** What the NATS client needs to find its servers and to sign in at each of them. */
export type ServerOptions = Pick<
  ConnectionOptions,
  'servers' | 'tls' | 'user' | 'pass' | 'authenticator' | 'reconnectToServer' | 'inboxPrefix'
> & { servers: string[] };

interface Credentials {
  user: string;
  pass: string;
}

/**
 * The client takes addresses and credentials apart; an address list in a configuration holds both. An entry
 * without credentials has those of the first entry that has some, and so have servers that NATS itself names.
 * Throws AddressError.
 */
export function toServerOptions(text: string): ServerOptions {
  const entries = parseServerAddresses(text, natsAddressRules);
  const servers = entries.map(({ host, port }) => `${host}:${port}`);
  // The client does not look at the scheme: a server without TLS would be given the password in the clear.
  const tls = entries.some(({ scheme }) => scheme === 'tls') ? { tls: {} } : {};
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
    // The server lets each user read its own inboxes only (deploy/nats/nats.conf).
    inboxPrefix: `_INBOX.${subjectToken(first.user)}`,
  };
}

/** The client asks for credentials without naming the server: the one that it is about to dial is remembered. */
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
