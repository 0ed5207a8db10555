import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inspectorFlags } from '../collected-memory.js';
import { type SwarmOrder } from './swarm-main.js';

/** A child process of the benchmark; it ends with its parent. */
export class Child {
  private lastAnswer: Promise<unknown> = Promise.resolve();

  private constructor(private readonly process: ChildProcess) {}

  /** Starts `<name>.js` beside this file; optionally waits until it is ready. */
  static async start(
    name: string,
    args: string[],
    saysReady: boolean,
    onError?: (line: string) => void,
  ): Promise<Child> {
    const file = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
    const child = fork(file, args, {
      stdio: ['ignore', 'inherit', onError === undefined ? 'inherit' : 'pipe', 'ipc'],
      execArgv: inspectorFlags,
    });
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on('line', (line) => onError?.(line));
    }
    if (saysReady) {
      await new Promise((resolve, reject) => {
        child.once('message', resolve);
        child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
      });
    }
    return new Child(child);
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** One order at a time: answers carry no ID. */
  ask<T>(order: SwarmOrder): Promise<T> {
    const answer = this.lastAnswer.then(() => this.askNow<T>(order));
    this.lastAnswer = answer.catch(() => {});
    return answer;
  }

  private askNow<T>(order: SwarmOrder): Promise<T> {
    return new Promise((resolve, reject) => {
      this.process.once('message', (answer: { result?: T; error?: string }) => {
        if (answer.error === undefined) {
          resolve(answer.result as T);
        } else {
          reject(new Error(answer.error));
        }
      });
      this.process.send(order);
    });
  }

  async close(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exited = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGKILL');
      await exited;
    }
  }
}
