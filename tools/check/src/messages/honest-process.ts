import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type HonestOrder, type HonestView } from './honest-main.js';

/** Runs the honest user's process. */
export class HonestProcess {
  private readonly child: ChildProcess = fork(fileURLToPath(new URL('./honest-main.js', import.meta.url)));

  ask(order: HonestOrder): Promise<HonestView> {
    return new Promise((resolve) => {
      this.child.once('message', (view: HonestView) => resolve(view));
      this.child.send(order);
    });
  }

  close(): void {
    this.child.kill('SIGKILL');
  }
}
