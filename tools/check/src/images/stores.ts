import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { dieWithParent, startPostgres, waitFor } from '@polyroom/testing';
import { type ComposedProject } from './composed.js';

interface Closable {
  close(): Promise<void>;
}

const startsWithinMs = 15_000;
const ports = { redis: 6379, nats: 4222, postgres: 5432 };

/**
 * The installed Redis, NATS and PostgreSQL on the ports of the Compose file. Redis and NATS have its commands,
 * environments and configuration; PostgreSQL has its user and database, and takes any password.
 */
export async function startStores(
  rootDir: string,
  dir: string,
  address: string,
  { services }: ComposedProject,
): Promise<Closable> {
  const owned: Closable[] = [];
  const close = async (): Promise<void> => {
    for (const one of owned.splice(0).reverse()) {
      await one.close();
    }
  };
  try {
    const { redis, nats } = services;
    owned.push(await startProgram(redis!.command!, {}, await makeDir(dir, 'redis')));
    const storeDir = await makeDir(dir, 'nats');
    const config = nats!.command!.map((part) =>
      part === '/etc/nats/nats.conf' ? join(rootDir, 'deploy/nats/nats.conf') : part,
    );
    const natsEnv = { ...nats!.environment, NATS_STORE_DIR: storeDir };
    owned.push(await startProgram(['nats-server', ...config], natsEnv, storeDir));
    const postgres = await startPostgres();
    owned.push(postgres);
    await postgres.createDatabase('polyroom');
    owned.push(await forward(address, ports.postgres, postgres.port));
    await Promise.all(
      Object.entries(ports).map(([name, port]) =>
        waitFor(() => isOpen(address, port), { timeoutMs: startsWithinMs, describe: `${name} to answer` }),
      ),
    );
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeDir(dir: string, name: string): Promise<string> {
  const path = join(dir, name);
  await mkdir(path);
  return path;
}

async function startProgram(command: string[], env: Record<string, string>, cwd: string): Promise<Closable> {
  const [program, args] = dieWithParent(command[0]!, command.slice(1));
  const child: ChildProcess = spawn(program, args, {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  return {
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }
    },
  };
}

/** PostgreSQL of the specs listens on the loopback interface only. */
async function forward(address: string, port: number, targetPort: number): Promise<Closable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const target = createConnection(targetPort, '127.0.0.1');
    sockets.add(socket).add(target);
    socket.pipe(target).pipe(socket);
    socket.on('error', () => target.destroy());
    target.on('error', () => socket.destroy());
  });
  server.listen(port, address);
  await once(server, 'listening');
  return {
    close: async () => {
      // The end of a network namespace closes no connection.
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}

function isOpen(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, address);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
