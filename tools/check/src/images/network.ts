import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const bridge = 'cluster0';
const prefix = '10.87.0';

/** The network of the containers: a bridge in the network namespace of this process, which must be its own. */
export class Network {
  private lastHost = 1;
  private links = 0;

  /** This process, and the stores. */
  readonly ownAddress = `${prefix}.1`;

  static async create(): Promise<Network> {
    const network = new Network();
    await run('ip', ['link', 'set', 'lo', 'up']);
    await run('ip', ['link', 'add', bridge, 'type', 'bridge']);
    await run('ip', ['address', 'add', `${network.ownAddress}/24`, 'dev', bridge]);
    await run('ip', ['link', 'set', bridge, 'up']);
    return network;
  }

  /** An address that no container has. */
  nextAddress(): string {
    this.lastHost += 1;
    return `${prefix}.${this.lastHost}`;
  }

  /** Gives the network namespace of a process an interface `eth0`. It disappears with the namespace. */
  async attach(pid: number): Promise<void> {
    this.links += 1;
    const link = `link${this.links}`;
    await run('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid)]);
    await run('ip', ['link', 'set', link, 'master', bridge, 'up']);
  }
}
