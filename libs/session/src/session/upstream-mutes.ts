import { Inject, Injectable } from '@nestjs/common';
import { retry } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { type MediaKind, mediaRpc, type MuteAuthor, roomAdminRpc } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { type ClientSession } from './client-session.js';
import { type Upstream } from './upstream.js';

const kindsOfMedia: readonly MediaKind[] = ['audio', 'video'];
const followAttempts = 5;
const followIntervalMs = 1000;

/**
 * Applies mutes of published streams: by the publisher, for a room or all rooms, and by operators, for a room. The
 * media node stores the two separately, so that a gateway that takes over the session can read both.
 */
@Injectable()
export class UpstreamMutes {
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

  /** Reads an operator's mutes for a room and applies them. Call it before the room gets the stream. */
  async obeyRoom(session: ClientSession, upstream: Upstream, roomId: string): Promise<MediaKind[]> {
    const { appId } = session.ref;
    const { streamId } = upstream;
    const { kinds } = await this.bus.request(roomAdminRpc.readStreamMutes, { appId, roomId, streamId });
    await this.obey(session, upstream, roomId, kinds);
    return kinds;
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
