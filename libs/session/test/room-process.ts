import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compileCache, dieWithParent, freePort, waitFor, waitUntilStopped } from '@polyroom/testing';

const entry = fileURLToPath(new URL('../../../apps/room/dist/bundle/main.js', import.meta.url));

export interface RoomProcessOptions {
  natsUrl: string;
  redisUrl: string;
  graceMs: number;
  gatewayLeaseMs: number;
}

/** The room service as a process, on real NATS and Redis. */
export class RoomProcess {
  private constructor(private readonly child: ChildProcess) {}

  static async start({
    natsUrl,
    redisUrl,
    graceMs,
    gatewayLeaseMs,
  }: RoomProcessOptions): Promise<RoomProcess> {
    const port = await freePort();
    const [program, args] = dieWithParent(process.execPath, [entry]);
    const child = spawn(program, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...compileCache(),
        POLYROOM_NATS_URL: natsUrl,
        POLYROOM_REDIS_URL: redisUrl,
        POLYROOM_HTTP_HOST: '127.0.0.1',
        POLYROOM_HTTP_PORT: String(port),
        POLYROOM_LOG_LEVEL: 'error',
        POLYROOM_SESSION_GRACE_MS: String(graceMs),
        POLYROOM_GATEWAY_LEASE_MS: String(gatewayLeaseMs),
      },
    });
    const isReady = async (): Promise<boolean> => {
      if (child.exitCode !== null) {
        throw new Error(`the room service ended with code ${child.exitCode}`);
      }
      return fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    };
    await waitFor(isReady, { timeoutMs: 60_000, describe: 'the room service to be ready' });
    return new RoomProcess(child);
  }

  /** Stops it without ending it: requests wait. */
  pause(): void {
    this.child.kill('SIGSTOP');
    waitUntilStopped(this.child.pid!);
  }

  continue(): void {
    this.child.kill('SIGCONT');
  }

  async close(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGKILL');
      await exited;
    }
  }
}
