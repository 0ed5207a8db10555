import { type Bus } from '@polyroom/bus';
import { type BrowserUser, placeApart } from '@polyroom/cluster';
import { mediaRpc, type ReplyOf } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';

export type NodeDump = ReplyOf<typeof mediaRpc.dumpNode>;
export type SessionDump = NodeDump['sessions'][number];

/** State of the media nodes of a test cluster: of the sessions of all AppIDs, or of the given ones only. */
export class MediaWatch {
  constructor(
    private readonly bus: Bus,
    private readonly nodeIds: readonly string[],
    private readonly appIds?: ReadonlySet<number>,
  ) {}

  async dump(nodeId: string): Promise<NodeDump> {
    const dump = await this.bus.requestNode(mediaRpc.dumpNode, nodeId, {});
    const sessions = dump.sessions.filter(({ appId }) => this.appIds?.has(appId) !== false);
    return { ...dump, sessions };
  }

  dumps(): Promise<NodeDump[]> {
    return Promise.all(this.nodeIds.map((nodeId) => this.dump(nodeId)));
  }

  /** The session of a user with the node that carries it; more than one is an error. */
  async sessionOf(userId: string): Promise<(SessionDump & { nodeId: string }) | undefined> {
    const found = (await this.dumps()).flatMap(({ nodeId, sessions }) =>
      sessions.filter((session) => session.userId === userId).map((session) => ({ ...session, nodeId })),
    );
    if (found.length > 1) {
      throw new Error(`${userId} has sessions on ${found.map(({ nodeId }) => nodeId).join(' and ')}`);
    }
    return found[0];
  }

  /** The upstreams of all sessions of a user, with their mutes. */
  async upstreamsOf(userId: string): Promise<ReplyOf<typeof mediaRpc.getSession>['upstreams']> {
    const found = (await this.dumps()).flatMap(({ nodeId, sessions }) =>
      sessions
        .filter((session) => session.userId === userId)
        .map(({ appId, sessionId }) =>
          this.bus.requestNode(mediaRpc.getSession, nodeId, { session: { appId, userId, sessionId } }),
        ),
    );
    return (await Promise.all(found)).flatMap(({ upstreams }) => upstreams);
  }

  async handshakesOf(userId: string): Promise<number> {
    const transports = (await this.sessionOf(userId))?.transports ?? [];
    return transports.reduce((sum, transport) => sum + transport.handshakes, 0);
  }

  /** Moves a user to another node than that of a user in a room, and leaves them in a room of their own. */
  async placeApart(user: BrowserUser, roomId: string, otherUserId: string): Promise<void> {
    await placeApart(user, roomId, async () => {
      const [own, other] = await Promise.all([this.sessionOf(user.userId), this.sessionOf(otherUserId)]);
      return own !== undefined && other !== undefined && own.nodeId !== other.nodeId;
    });
  }

  async waitUntilEmpty(): Promise<void> {
    await waitFor(
      async () =>
        (await this.dumps()).every(
          ({ pipes, pipesIn, pipesOut, sessions }) =>
            sessions.length + pipes.length + pipesIn.length + pipesOut.length === 0,
        ),
      { timeoutMs: 15_000, describe: 'empty media nodes' },
    );
  }
}

/** Waits until the viewer has decoded ten more frames and received ten more audio packets. */
export async function expectMediaToFlow(viewer: BrowserUser): Promise<void> {
  let last = await viewer.playStats();
  let frames = 0;
  let packets = 0;
  await waitFor(
    async () => {
      const now = await viewer.playStats();
      // Accumulated step by step, because a closed connection takes its counters with it.
      frames += Math.max(0, now.framesDecoded - last.framesDecoded);
      packets += Math.max(0, now.audioPackets - last.audioPackets);
      last = now;
      return frames >= 10 && packets >= 10;
    },
    { timeoutMs: 15_000, describe: `frames and audio to grow at ${viewer.userId}` },
  );
}

/** Packets and frames that show that a kind flows; in their time, a kind that is silent shows none. */
const enough = { audioPackets: 40, frames: 15 };
/** How long both kinds must be silent if neither flows. */
const silentForMs = 1000;

/**
 * Waits until what flows at a viewer is audio, video, both or none: until each kind that flows has grown while
 * each other kind has not. Returns the ms until the latter were silent.
 */
export async function expectFlow(
  viewer: BrowserUser,
  expected: { audio: boolean; video: boolean },
): Promise<number> {
  const startedAtMs = performance.now();
  let from = await viewer.playStats();
  let fromMs = startedAtMs;
  await waitFor(
    async () => {
      const now = await viewer.playStats();
      const packets = now.audioPackets - from.audioPackets;
      const frames = now.framesDecoded - from.framesDecoded;
      // Negative: a connection was closed and took its counters with it.
      if (packets < 0 || frames < 0 || (!expected.audio && packets > 0) || (!expected.video && frames > 0)) {
        from = now;
        fromMs = performance.now();
        return false;
      }
      if (!expected.audio && !expected.video) {
        return performance.now() - fromMs > silentForMs;
      }
      return (
        (!expected.audio || packets >= enough.audioPackets) && (!expected.video || frames >= enough.frames)
      );
    },
    { timeoutMs: 15_000, describe: `${JSON.stringify(expected)} at ${viewer.userId}` },
  );
  return fromMs - startedAtMs;
}
