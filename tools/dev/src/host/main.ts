import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { DataDir, type ProcessEvent, startCluster } from '@polyroom/cluster';
import { createLogger, type Logger } from '@polyroom/observability';
import { canDieWithParent } from '@polyroom/testing';
import { assertFree, readHostPorts } from './host-ports.js';
import { readHostSettings } from './host-settings.js';
import { notifySystemd } from './notify-systemd.js';

/**
 * Runs all services of one machine, as one process or as a process group, with their stores, for a service manager: it takes
 * its settings from the environment, writes JSON lines, and ends if it cannot continue.
 */
const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
/** A proxy on this machine has the public addresses. */
const host = '127.0.0.1';

async function main(logger: Logger): Promise<void> {
  const settings = readHostSettings(process.env);
  const ports = readHostPorts(process.argv.slice(2));
  // Also for all child processes.
  process.umask(0o077);
  const dataDir = await DataDir.hold(settings.dataDir);
  await assertFree(ports, host);
  if (!canDieWithParent()) {
    logger.warn('setpriv of util-linux is missing: if this process is killed, its children keep running');
  }
  const owned: { close(): Promise<void> }[] = [dataDir];
  let ending: Promise<void> | undefined;
  const end = (code: number): Promise<void> => {
    ending ??= (async () => {
      for (const each of owned.toReversed()) {
        await each.close();
      }
      logger.info('stopped');
      process.exit(code);
    })();
    return ending;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      logger.info({ signal }, 'stopping');
      void end(0);
    });
  }
  const { stores, dataDir: _path, mediaWorkers, ...options } = settings;
  const cluster = await startCluster({
    ...options,
    ...stores,
    rootDir,
    dataDir,
    gatewayPorts: ports.gateways,
    interopPorts: [ports.interop],
    consolePort: ports.console,
    ...(ports.isCluster
      ? // If a media node ends, its sessions move to the other.
        { mediaNodes: 2, mediaWorkers: mediaWorkers ?? 1 }
      : { allInOne: true, mediaNodes: 1, mediaWorkers: mediaWorkers ?? 2 }),
    // Already JSON, apart from what Node.js itself reports.
    onLog: ({ text }) => process.stdout.write(`${text}\n`),
    onEvent: (event) => logEvent(logger, event),
    onServerCrash: (server, reason) => {
      logger.fatal({ server, reason }, 'a server ended by itself');
      void end(1);
    },
  });
  owned.push(cluster);
  try {
    await cluster.ready();
    notifySystemd();
    logger.info({ gateways: cluster.gateways.map(({ httpUrl }) => httpUrl) }, 'ready');
  } catch (error) {
    // Services that are stopped do not become ready.
    if (ending === undefined) {
      logger.fatal({ reason: (error as Error).message }, 'cannot start');
      await end(1);
    }
  }
}

function logEvent(logger: Logger, event: ProcessEvent): void {
  if (event.type === 'restarted') {
    logger.info({ process: event.process }, 'process restarted');
  } else {
    const { process, code, signal, restartInMs } = event;
    logger.warn({ process, code, signal, restartInMs }, 'process ended by itself');
  }
}

// Else process.exit can wait for ever for V8's concurrent compiler.
setFlagsFromString('--no-concurrent-sparkplug');
const logger = createLogger('host');
try {
  await main(logger);
} catch (error) {
  const { message, cause } = error as Error;
  logger.fatal({ reason: cause instanceof Error ? `${message}: ${cause.message}` : message }, 'cannot start');
  process.exit(1);
}
