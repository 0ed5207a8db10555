import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A configuration of NATS in which each service has a user of its own. */
export interface BusUsers {
  configuration: string;
  /** Throws if the service has no user. */
  urlOf(service: string, port: number): string;
}

/** The user of a process that has the rights of all services anyway. */
const soleUser = 'polyroom';

const passwordVariable = /\$NATS_PASSWORD_([A-Z]+)/g;

/**
 * Reads `deploy/nats/nats.conf` with new passwords, so that on one machine too no service reads what others receive.
 * The address comes from the command line of the server, which has no port for statistics.
 */
export async function createBusUsers(rootDir: string, storeDir: string): Promise<BusUsers> {
  const passwords = new Map<string, string>();
  const shipped = await readConfiguration(rootDir, storeDir);
  const configuration = shipped.replace(passwordVariable, (_variable, service: string) => {
    const password = newPassword();
    passwords.set(service.toLowerCase(), password);
    return JSON.stringify(password);
  });
  return {
    configuration,
    urlOf: (service, port) => {
      const password = passwords.get(service);
      if (password === undefined) {
        throw new Error(`deploy/nats/nats.conf has no user ${service}`);
      }
      return `nats://${service}:${password}@127.0.0.1:${port}`;
    },
  };
}

/** The same configuration with one user, for the process of all services. */
export async function createSoleBusUser(rootDir: string, storeDir: string): Promise<BusUsers> {
  const shipped = await readConfiguration(rootDir, storeDir);
  const password = newPassword();
  const user = `authorization { user: ${soleUser}, password: ${JSON.stringify(password)} }\n`;
  return {
    configuration: shipped.replace(/^authorization \{[^]*/m, user),
    urlOf: (_service, port) => `nats://${soleUser}:${password}@127.0.0.1:${port}`,
  };
}

async function readConfiguration(rootDir: string, storeDir: string): Promise<string> {
  const shipped = await readFile(join(rootDir, 'deploy', 'nats', 'nats.conf'), 'utf8');
  return shipped
    .replace(/^(listen|http):.*$/gm, '')
    .replace('$NATS_SERVER_NAME', 'polyroom')
    .replace('$NATS_STORE_DIR', JSON.stringify(storeDir));
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}
