import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { waitFor } from '@polyroom/testing';

/** Debian's Python, because GStreamer's bindings are Debian packages. */
const python = '/usr/bin/python3';

/** Four players and two pages decode at once: a slow machine needs many seconds for fifty frames. */
const deadlineMs = 60_000;

/** One line of output of a script. */
export interface ScriptEvent {
  event: 'codecs' | 'publishing' | 'answered' | 'counts' | 'deleted';
  codecs?: Codec[];
  status?: number;
  /** Decoded so far by a player. */
  frames?: number;
  audioBuffers?: number;
  /** Of the latest video frame, 0 to 255; `loudness` is the loudest sample so far, 0 to 128. */
  brightness?: number;
  loudness?: number;
}

export type Codec = 'vp8' | 'h264';

/** A client without our code: GStreamer's `webrtcbin` behind a small WHIP or WHEP client in Python. */
export class Gstreamer {
  private readonly events: ScriptEvent[] = [];
  private errors = '';

  private constructor(private readonly process: ChildProcess) {
    createInterface({ input: process.stdout! }).on('line', (line) => {
      const event = JSON.parse(line) as ScriptEvent;
      // Of the counts only the latest is kept.
      if (event.event === 'counts' && this.events.at(-1)?.event === 'counts') {
        this.events.pop();
      }
      this.events.push(event);
    });
    process.stderr!.on('data', (chunk) => (this.errors = `${this.errors}${String(chunk)}`.slice(-2000)));
  }

  static start(script: 'whip-publish.py' | 'whep-play.py', args: string[], token: string): Gstreamer {
    // The scripts are beside the source, not beside the compiled code.
    const path = join(import.meta.dirname, '../../src/interop', script);
    const env = { ...process.env, TOKEN: token, PYTHONDONTWRITEBYTECODE: '1' };
    return new Gstreamer(spawn(python, [path, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** The codecs that GStreamer can encode on this machine. */
  static async codecs(): Promise<Codec[]> {
    const asked = Gstreamer.start('whip-publish.py', ['codecs'], '');
    const { codecs } = await asked.until('codecs');
    await asked.end('SIGTERM');
    return codecs!;
  }

  latest(event: ScriptEvent['event']): ScriptEvent | undefined {
    return this.events.findLast((scriptEvent) => scriptEvent.event === event);
  }

  /**
   * Waits until the latest event of this kind meets the condition; throws as soon as the script has ended.
   */
  async until(
    event: ScriptEvent['event'],
    holds: (event: ScriptEvent) => boolean = () => true,
  ): Promise<ScriptEvent> {
    let found: ScriptEvent | undefined;
    await waitFor(
      () => {
        const latest = this.latest(event);
        found = latest !== undefined && holds(latest) ? latest : undefined;
        return found !== undefined || this.hasEnded;
      },
      { timeoutMs: deadlineMs, describe: `"${event}" of GStreamer` },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${JSON.stringify(this.latest(event))} ${this.errors}`);
    });
    if (found === undefined) {
      throw new Error(`GStreamer has ended before "${event}": ${this.errors}`);
    }
    return found;
  }

  /** `SIGTERM` ends it with a DELETE; with `SIGKILL` the cluster has to notice. Idempotent. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (!this.hasEnded) {
      this.process.kill(signal);
      await once(this.process, 'close');
    }
  }

  private get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }
}
