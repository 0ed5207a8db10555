import { Inject, Injectable } from '@nestjs/common';
import { retry } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { type MediaKind, mediaRpc, type MuteAuthor, roomAdminRpc, roomRpc } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { type ClientSession } from './client-session.js';
import { type Upstream } from './upstream.js';

const kindsOfMedia: readonly MediaKind[] = ['audio', 'video'];
const followAttempts = 5;
const followIntervalMs = 1000;
/** A timer cannot wait longer; the read that follows sets it again. */
const longestTimerMs = 2 ** 31 - 1;
/** The room service and this process may not agree on the millisecond. */
const endSlackMs = 50;

/**
 * Applies mutes of published streams: by the publisher, for a room or all rooms, and by operators, for a room. The
 * media node stores the two separately, so that a gateway that takes over the session can read both.
 */
@Injectable()
export class UpstreamMutes {
  /** Timers for the end of mutes, by stream and room. */
  private readonly ends = new Map<ClientSession, Map<string, NodeJS.Timeout>>();

  constructor(
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Applies a mute by the publisher, for one room or, with `undefined`, for all. Mutes by operators stay. */
  async wish(
    session: ClientSession,
    upstream: Upstream,
    { kind, muted, roomId }: { kind: MediaKind; muted: boolean; roomId: string | undefined },
  ): Promise<void> {
    await this.tell(session, upstream, { by: 'publisher', kind, muted, roomId });
    session.mute(upstream.streamId, roomId, kind, muted);
  }

  /** Notifies the members of rooms that show the stream of what its publisher mutes there. */
  async announce(session: ClientSession, upstream: Upstream, roomIds: readonly string[]): Promise<void> {
    const rooms = roomIds.map((roomId) => ({ roomId, mutedKinds: [...upstream.mutedForViewers(roomId)] }));
    if (rooms.length > 0) {
      const { streamId } = upstream;
      await this.bus.request(roomRpc.updateStream, { session: session.ref, streamId, rooms });
    }
  }

  /** Reads an operator's mutes for a room and applies them. Call it before the room gets the stream. */
  async obeyRoom(session: ClientSession, upstream: Upstream, roomId: string): Promise<MediaKind[]> {
    const { appId, userId } = session.ref;
    const { streamId } = upstream;
    const request = { appId, roomId, userId, streamId };
    const { kinds, untilMs } = await this.bus.request(roomAdminRpc.readMutes, request);
    await this.obey(session, upstream, roomId, kinds);
    this.waitForEnd(session, streamId, roomId, untilMs);
    return kinds;
  }

  /** An operator's mutes of the session's user in a room have changed. Never rejects. */
  async followAll(session: ClientSession, roomId: string): Promise<void> {
    await Promise.all(session.upstreams.map(({ streamId }) => this.follow(session, streamId, roomId)));
  }

  /** Applies an operator's mutes after a change; without `kinds` it reads them first. Never rejects. */
  async follow(session: ClientSession, streamId: string, roomId: string, kinds?: MediaKind[]): Promise<void> {
    const follow = async (): Promise<void> => {
      const upstream = session.findUpstream(streamId);
      if (upstream !== undefined) {
        await (kinds === undefined
          ? this.obeyRoom(session, upstream, roomId)
          : this.obey(session, upstream, roomId, kinds));
      }
    };
    await retry(() => session.runForUpstream(streamId, follow), {
      attempts: followAttempts,
      firstDelayMs: followIntervalMs,
      onFailure: (error, attempt) => {
        this.logger.warn({ err: error, roomId, streamId, attempt }, "an operator's mute is not applied yet");
        // `kinds` may be outdated after the delay: the next attempt reads the room.
        kinds = undefined;
      },
    }).catch(() => undefined);
  }

  /** Applies all mutes again, on a media node where the stream is new. */
  async repeat(session: ClientSession, upstream: Upstream): Promise<void> {
    for (const mute of upstream.mutes) {
      await this.tell(session, upstream, { ...mute, muted: true });
    }
  }

  /** Reads the mutes again when the first of them ends. */
  private waitForEnd(
    session: ClientSession,
    streamId: string,
    roomId: string,
    untilMs: number | undefined,
  ): void {
    const key = `${streamId} ${roomId}`;
    clearTimeout(this.ends.get(session)?.get(key));
    if (untilMs === undefined || session.state !== 'open') {
      return;
    }
    let timers = this.ends.get(session);
    if (timers === undefined) {
      const created = new Map<string, NodeJS.Timeout>();
      timers = created;
      this.ends.set(session, created);
      session.whenEnded(() => {
        this.ends.delete(session);
        created.forEach((timer) => clearTimeout(timer));
      });
    }
    const inMs = Math.min(Math.max(0, untilMs - Date.now()) + endSlackMs, longestTimerMs);
    const timer = setTimeout(() => void this.follow(session, streamId, roomId), inMs);
    timer.unref();
    timers.set(key, timer);
  }

  private async obey(
    session: ClientSession,
    upstream: Upstream,
    roomId: string,
    kinds: readonly MediaKind[],
  ): Promise<void> {
    const { streamId } = upstream;
    const former = upstream.forbiddenKinds(roomId);
    // Recorded first, so that a republish meanwhile applies it.
    session.forbid(streamId, roomId, kinds);
    for (const kind of kindsOfMedia) {
      const muted = kinds.includes(kind);
      if (!muted && !former.includes(kind)) {
        continue;
      }
      try {
        await this.tell(session, upstream, { by: 'operator', kind, muted, roomId });
      } catch (error) {
        // Perhaps still muted on the node: the next attempt lifts it.
        session.forbid(streamId, roomId, [...upstream.forbiddenKinds(roomId), kind]);
        throw error;
      }
    }
  }

  private async tell(
    session: ClientSession,
    { streamId }: Upstream,
    { roomId, ...mute }: { by: MuteAuthor; kind: MediaKind; muted: boolean; roomId: string | undefined },
  ): Promise<void> {
    await this.bus.requestNode(mediaRpc.muteUpstream, session.nodeId, {
      session: session.ref,
      streamId,
      ...mute,
      ...(roomId === undefined ? {} : { roomId }),
    });
  }
}
