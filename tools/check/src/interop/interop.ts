import { waitFor } from '@polyroom/testing';
import { type Codec, Gstreamer } from './gstreamer.js';
import { InteropWorld, room } from './interop-world.js';
import { watchInChromium, type Watched } from './watch-in-chromium.js';

const frames = 50;
/** Upper bound for the cleanup, beyond the time that docs/interop.md names. */
const clearingMs = 5000;
/** With the payload types of a router, and with others; on either node. */
const players = ([0, 1] as const).flatMap((gateway) => [
  { name: 'same-numbers', gateway, numbers: { opus: '111', vp8: '96', h264: '108' }, status: 201 },
  { name: 'own-numbers', gateway, numbers: { opus: '97', vp8: '120', h264: '121' }, status: 406 },
]);

/**
 * Runs real encoders and players that are no browsers against a real cluster, and checks what is left after
 * them.
 */
export async function checkInterop(rootDir: string): Promise<boolean> {
  const codecs = await Gstreamer.codecs();
  const world = await InteropWorld.start(rootDir);
  try {
    const check = new Interop(world);
    for (const codec of codecs) {
      await check.publishAndWatch(codec);
    }
    await check.killEncoder('udp', 30_000);
    await check.killEncoder('tcp', 0);
    if (codecs.length < 2) {
      check.say('h264 skipped: GStreamer has no encoder for it here');
    }
    return check.passed;
  } finally {
    await world.close();
  }
}

class Interop {
  passed = true;
  private rounds = 0;

  constructor(private readonly world: InteropWorld) {}

  say(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  /**
   * GStreamer publishes; Chromium on both nodes and a GStreamer player receive it; a DELETE ends it for all.
   */
  async publishAndWatch(codec: Codec): Promise<void> {
    const stream = `gstreamer-${codec}`;
    const encoder = await this.publish(stream, codec);
    const running: Gstreamer[] = [encoder];
    const playerIds: string[] = [];
    try {
      const node = await this.world.nodeOf('encoder');
      const watched = await Promise.all(
        this.world.viewers.map((viewer) => watchInChromium(viewer, room, stream, frames)),
      );
      for (const [index, seen] of watched.entries()) {
        const { userId } = this.world.viewers[index]!;
        const where = (await this.world.nodeOf(userId)) === node ? 'on its node' : 'on the other node';
        this.judge(`${codec}SeenInChromium, ${where}`, describe(seen), isAlive(seen));
      }
      for (const { gateway, name, numbers, status } of players) {
        const userId = `${name}-${gateway}`;
        playerIds.push(userId);
        const args = [this.world.endpoint(stream, 'whep', gateway), codec, numbers.opus, numbers[codec]];
        const player = Gstreamer.start('whep-play.py', args, await this.world.token(userId, 'subscribe'));
        running.push(player);
        await this.countAtPlayer(player, codec, userId, { node, status });
      }
      await encoder.end('SIGTERM');
      await this.expectRemoval(clearingMs);
      const deleted = encoder.latest('deleted')?.status;
      this.judge(`${codec}EndedWithDelete`, `${deleted}, the room was notified`, deleted === 200);
      await this.expectNothingLeft(['encoder', ...playerIds]);
    } finally {
      await Promise.all(running.map((each) => each.end('SIGKILL')));
    }
  }

  /** Ends without a DELETE: UDP falls silent, and TCP is closed by the kernel. */
  async killEncoder(protocol: 'udp' | 'tcp', silenceMs: number): Promise<void> {
    const stream = `killed-${protocol}`;
    const encoder = await this.publish(stream, 'vp8', { protocol });
    try {
      await watchInChromium(this.world.viewers[0]!, room, stream, 10);
    } finally {
      await encoder.end('SIGKILL');
    }
    const killedAtMs = performance.now();
    await this.expectRemoval(silenceMs + 2 * clearingMs);
    const tookMs = Math.round(performance.now() - killedAtMs);
    const mostMs = silenceMs + clearingMs;
    this.judge('killedEncoderGoneAfterMs', `${tookMs} (${protocol}, at most ${mostMs})`, tookMs <= mostMs);
    await this.expectNothingLeft(['encoder']);
    // The claim is released too: another user can take the stream ID.
    const heir = await this.publish(stream, 'vp8', { userId: 'heir' });
    await heir.end('SIGTERM');
    const deleted = heir.latest('deleted')?.status;
    this.judge('streamIdFree', `${deleted === 200}, another user has published it`, deleted === 200);
    await this.expectRemoval(clearingMs);
  }

  private async publish(
    stream: string,
    codec: Codec,
    { protocol = 'udp', userId = 'encoder' }: { protocol?: 'udp' | 'tcp'; userId?: string } = {},
  ): Promise<Gstreamer> {
    const token = await this.world.token(userId, 'publish');
    const args = [this.world.endpoint(stream, 'whip'), codec, protocol];
    const encoder = Gstreamer.start('whip-publish.py', args, token);
    try {
      await encoder.until('publishing');
      this.rounds += 1;
      await waitFor(
        async () => (await this.world.countUpdates('added')).every((count) => count === this.rounds),
        { timeoutMs: 5000, describe: 'the room to report the stream' },
      );
      return encoder;
    } catch (error) {
      await encoder.end('SIGKILL');
      throw error;
    }
  }

  private async countAtPlayer(
    player: Gstreamer,
    codec: Codec,
    userId: string,
    { node, status }: { node: string | undefined; status: number },
  ): Promise<void> {
    const answered = await player.until('answered');
    const counts = await player.until(
      'counts',
      (event) => event.frames! >= frames && event.audioBuffers! >= frames && event.loudness! > 0,
    );
    const where = (await this.world.nodeOf(userId)) === node ? 'on its node' : 'on the other node';
    this.judge(
      `${codec}PlayedByGstreamer, ${where}`,
      `${counts.frames} video frames (brightness ${counts.brightness}), ${counts.audioBuffers} audio buffers ` +
        `(loudness ${counts.loudness}), answered with ${answered.status}`,
      answered.status === status && counts.brightness! > 16 && counts.loudness! > 8,
    );
  }

  private async expectRemoval(timeoutMs: number): Promise<void> {
    await waitFor(
      async () => (await this.world.countUpdates('removed')).every((count) => count === this.rounds),
      { timeoutMs, describe: 'the room to report its end' },
    );
  }

  private async expectNothingLeft(userIds: string[]): Promise<void> {
    let left: string[] = [];
    await waitFor(
      async () => {
        left = await this.world.leftOf(userIds);
        return left.length === 0;
      },
      { timeoutMs: clearingMs, describe: 'all resources to be released' },
    ).catch(() => undefined);
    this.judge('leftBehind', `${left.length} ${left.join(', ')}`.trim(), left.length === 0);
  }

  private judge(name: string, figure: string, isRight: boolean): void {
    this.say(`${name} = ${figure}${isRight ? '' : ' <- wrong'}`);
    this.passed &&= isRight;
  }
}

function describe({ audioPackets, brightness, frames, loudness, movingShare }: Watched): string {
  const moving = `${Math.round(movingShare * 100)} % moving`;
  return `${frames} video frames (brightness ${brightness}, ${moving}), ${audioPackets} audio packets (loudness ${Math.round(loudness)})`;
}

function isAlive({ brightness, loudness, movingShare }: Watched): boolean {
  return brightness > 16 && movingShare > 0.01 && loudness > 0;
}
