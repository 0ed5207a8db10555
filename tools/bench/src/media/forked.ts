import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

type Work = Record<string, unknown>;

/** A child process of the benchmark; runs one order at a time. */
export class Forked<Orders extends Work, Answers extends { [Name in keyof Orders]: unknown }> {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts `NAME.js` beside this file and waits until it is ready. */
  static async start<Orders extends Work, Answers extends { [Name in keyof Orders]: unknown }>(
    name: string,
  ): Promise<Forked<Orders, Answers>> {
    const child = fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const forked = new Forked<Orders, Answers>(child);
    await forked.answer();
    return forked;
  }

  async ask<Name extends keyof Orders & string>(name: Name, order: Orders[Name]): Promise<Answers[Name]> {
    const answer = this.answer<Answers[Name]>();
    this.child.send({ name, order });
    return answer;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }

  async close(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await exited;
    }
  }

  private answer<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      const handleExit = (code: number | null): void => reject(new Error(`a process ended with ${code}`));
      this.child.once('exit', handleExit);
      this.child.once('message', (message: { result?: T; error?: string }) => {
        this.child.off('exit', handleExit);
        if (message.error === undefined) {
          resolve(message.result as T);
        } else {
          reject(new Error(message.error));
        }
      });
    });
  }
}
