import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type GatewayAddress } from '@polyroom/cluster';
import { type CheckedUser } from '../invariants/history.js';
import { Random } from '../invariants/random.js';
import { SocketDevice } from '../invariants/socket-device.js';

interface Order {
  gateways: GatewayAddress[];
  logins: { user: CheckedUser; roomIds: string[] }[];
}

/** Clients in a separate process, which is killed with them. */
export async function startClients(order: Order): Promise<{ kill(): void }> {
  const child = fork(fileURLToPath(import.meta.url), ['clients'], { stdio: 'inherit' });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the clients ended with ${code}`)));
    child.send(order);
  });
  return { kill: () => void child.kill('SIGKILL') };
}

async function run({ gateways, logins }: Order): Promise<void> {
  await Promise.all(
    logins.map(async ({ user, roomIds }) => {
      const device = await SocketDevice.openPatiently({ gateways }, user, new Random(user.userId.length));
      for (const [index, roomId] of roomIds.entries()) {
        const { code } = await device.login(roomId, index + 1);
        if (code !== 0) {
          throw new Error(`${user.userId} cannot enter ${roomId}: ${code}`);
        }
      }
    }),
  );
  process.send!('in');
}

if (process.argv[2] === 'clients') {
  process.once('message', (order) => {
    run(order as Order).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    });
  });
  process.once('disconnect', () => process.exit(0));
}
