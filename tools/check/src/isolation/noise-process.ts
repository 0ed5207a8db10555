import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Tenant } from '@polyroom/cluster';
import { type NoiseOrder, type NoiseReport } from './noise-main.js';

/** The noisy tenant in a process of its own: in one with the quiet tenant, it would slow the clock that measures it. */
export class NoiseProcess {
  private readonly child: ChildProcess = fork(fileURLToPath(new URL('./noise-main.js', import.meta.url)));

  constructor(wsUrl: string, tenant: Tenant) {
    this.send({ order: 'start', wsUrl, tenant });
  }

  /** Ends the noise. Rejects if the process ended before. */
  stop(): Promise<NoiseReport> {
    return new Promise((resolve, reject) => {
      this.child.once('message', (report: NoiseReport) => resolve(report));
      this.child.once('exit', (code) => reject(new Error(`the noisy tenant ended with ${code}`)));
      this.send({ order: 'stop' });
    });
  }

  private send(order: NoiseOrder): void {
    this.child.send(order);
  }
}
