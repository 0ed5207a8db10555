import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort, startRedis } from '@polyroom/testing';
import { Ledger } from './ledger.js';
import { type RunPlan } from './polyroom-run.js';
import { SocketIoMember } from './socket-io-member.js';
import { type Fault, runTraffic } from './traffic.js';

const restartMs = 500;

/** A server that is restarted when it was killed, as a supervisor does. */
class Server {
  private child: ChildProcess | undefined;
  private isClosed = false;

  constructor(
    private readonly port: number,
    private readonly redisUrl: string,
  ) {
    this.start();
  }

  kill(): void {
    this.child?.kill('SIGKILL');
  }

  close(): void {
    this.isClosed = true;
    this.kill();
  }

  private start(): void {
    const file = fileURLToPath(new URL('./socket-io-main.js', import.meta.url));
    this.child = fork(file, [String(this.port), this.redisUrl], { stdio: 'ignore' });
    this.child.on('exit', () => {
      setTimeout(() => {
        if (!this.isClosed) {
          this.start();
        }
      }, restartMs);
    });
  }
}

/** socket.io with its Redis adapter under the same conditions: three servers, and Redis as the bus. */
export async function runSocketIo(plan: RunPlan): Promise<Awaited<ReturnType<typeof runTraffic>>> {
  const redis = await startRedis();
  const ports = [await freePort(), await freePort(), await freePort()];
  const servers = ports.map((port) => new Server(port, redis.url));
  const urls = ports.map((port) => `ws://127.0.0.1:${port}`);
  const ledger = new Ledger();
  const members: SocketIoMember[] = [];
  try {
    for (let index = 0; index < plan.rooms * plan.membersPerRoom; index++) {
      const [roomId, userId] = [`room${index % plan.rooms}`, `user${index}`];
      ledger.addReceiver(userId, roomId);
      members.push(new SocketIoMember(urls, index, roomId, userId, ledger));
    }
    const faults: Fault[] = [
      { name: 'server-1', kill: () => servers[0]!.kill() },
      { name: 'server-2', kill: () => servers[1]!.kill() },
      {
        name: 'redis',
        kill: async () => {
          await redis.kill('SIGKILL');
          await redis.restart();
        },
      },
      { name: 'server-3', kill: () => servers[2]!.kill() },
    ];
    return await runTraffic({ ...plan, ledger, speakers: members, faults });
  } finally {
    members.forEach((member) => member.close());
    servers.forEach((server) => server.close());
    await redis.close();
  }
}
