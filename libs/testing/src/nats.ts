import { join } from 'node:path';
import { freePort } from './free-port.js';
import { loopback, type Place } from './place.js';
import { answers, type RunningServer, startServer } from './server-process.js';
import { type ServerTls } from './tls.js';

export interface NatsOptions {
  /** Kept after `close()`; a temporary directory by default. */
  dataDir?: string;
  jetStream?: boolean;
  /** Required from every client; without it any local user may connect. */
  password?: string;
  /** The users and their rights, and JetStream, instead of `password` and `jetStream`. */
  configuration?: string;
  /** Accepts only clients with TLS. */
  tls?: ServerTls;
  port?: number;
  /** The network of this process by default. */
  place?: Place;
  /** File descriptors kept open while the server runs. */
  inheritFds?: readonly number[];
  /** Called if the running server ends by itself, with the reason. */
  onCrash?: ((reason: string) => void) | undefined;
}

const user = 'polyroom';
const configFile = 'polyroom.conf';

/** Starts the nats-server on PATH. */
export async function startNats(options: NatsOptions = {}): Promise<RunningServer> {
  const port = options.port ?? (await freePort());
  const { password, place = loopback, tls, configuration = passwordOnly(password) } = options;
  const { host } = place;
  const address = tls === undefined ? `${host}:${port}` : `${tls.host}:${port}`;
  const scheme = tls === undefined ? 'nats' : 'tls';
  return startServer({
    name: 'nats-server',
    program: 'nats-server',
    args: (dataDir) => [
      ...['--addr', host, '--port', String(port)],
      ...(configuration === undefined ? [] : ['--config', join(dataDir, configFile)]),
      ...(tls === undefined ? [] : tlsArgs(tls)),
      ...(options.jetStream === true ? ['--jetstream', '--store_dir', dataDir] : []),
    ],
    port,
    place,
    url:
      password === undefined
        ? `${scheme}://${address}`
        : `${scheme}://${user}:${encodeURIComponent(password)}@${address}`,
    ...(configuration === undefined ? {} : { files: { [configFile]: configuration } }),
    dataDir: options.dataDir,
    inheritFds: options.inheritFds,
    onCrash: options.onCrash,
    probe: () => answers(port, '', 'INFO ', { host }),
  });
}

function passwordOnly(password: string | undefined): string | undefined {
  return password === undefined
    ? undefined
    : `authorization { user: ${user}, password: ${JSON.stringify(password)} }\n`;
}

function tlsArgs({ certFile, keyFile, caFile, verifyClients }: ServerTls): string[] {
  return [
    ...['--tls', '--tlscert', certFile, '--tlskey', keyFile, '--tlscacert', caFile],
    ...(verifyClients === true ? ['--tlsverify'] : []),
  ];
}
