import { Readable, Writable } from 'node:stream';
import { run } from '../src/program.js';

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  homeDir?: string;
  /** The standard input, which is no terminal. */
  input?: string;
}

/** Runs the program in this process. */
export async function runProgram(
  args: string[],
  { env = {}, homeDir = '/nonexistent', input = '' }: RunOptions = {},
): Promise<RunResult> {
  const [stdout, stderr] = [new Recorder(), new Recorder()];
  const code = await run(args, { env, homeDir, stdin: Readable.from([input]), stdout, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class Recorder extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
