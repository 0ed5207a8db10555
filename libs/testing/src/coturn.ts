import { createConnection } from 'node:net';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { type RunningServer, startServer } from './server-process.js';
import { type ServerTls } from './tls.js';

/**
 * Starts the coturn on PATH, on 127.0.0.1, over UDP and TCP, with credentials by a shared secret; with a certificate
 * over TLS only.
 */
export async function startCoturn(secret: string, tls?: ServerTls): Promise<RunningServer> {
  const port = await freePort();
  const configuration = [
    'listening-ip=127.0.0.1',
    'relay-ip=127.0.0.1',
    ...(tls === undefined
      ? [`listening-port=${port}`, 'no-tls']
      : [`tls-listening-port=${port}`, `cert=${tls.certFile}`, `pkey=${tls.keyFile}`, 'no-udp', 'no-tcp']),
    'realm=polyroom',
    'use-auth-secret',
    `static-auth-secret=${secret}`,
    ...['no-cli', 'no-dtls', 'no-software-attribute', 'log-file=stdout', 'simple-log'],
  ];
  return startServer({
    name: 'coturn',
    program: 'turnserver',
    args: (dataDir) => [
      ...['-c', join(dataDir, 'turnserver.conf'), '--pidfile', join(dataDir, 'turnserver.pid')],
      ...['--db', join(dataDir, 'turndb')],
    ],
    files: { 'turnserver.conf': `${configuration.join('\n')}\n` },
    port,
    url: tls === undefined ? `turn:127.0.0.1:${port}` : `turns:${tls.host}:${port}`,
    probe: () => accepts(port),
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
