import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
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
 * What is kept from whom: by the publisher's wish, and by the rules of operators, who decide for a room. The
 * media node keeps the two apart, so that a gateway that takes over the session knows them.
 */
@Injectable()
export class UpstreamMutes {
  constructor(
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The publisher's wish, for one room or for all. What an operator keeps from a room stays kept. */
  async wish(
    session: ClientSession,
    upstream: Upstream,
    { kind, muted, roomId }: { kind: MediaKind; muted: boolean; roomId: string | undefined },
  ): Promise<void> {
    await this.tell(session, upstream, { by: 'publisher', kind, muted, roomId });
    const kinds = upstream.mutes.get(roomId ?? '') ?? new Set();
    if (muted) {
      kinds.add(kind);
    } else {
      kinds.delete(kind);
    }
    upstream.mutes.set(roomId ?? '', kinds);
  }

  /** Asks for the rule of a room and obeys it: to be done before the room sees anything. */
  async obeyRoom(session: ClientSession, upstream: Upstream, roomId: string): Promise<MediaKind[]> {
    const { appId } = session.ref;
    const { streamId } = upstream;
    const { kinds } = await this.bus.request(roomAdminRpc.readStreamMutes, { appId, roomId, streamId });
    await this.obey(session, upstream, roomId, kinds);
    return kinds;
  }

  /** A rule has changed, or may have where `kinds` is left out. Never rejects. */
  async follow(session: ClientSession, streamId: string, roomId: string, kinds?: MediaKind[]): Promise<void> {
    for (let attempt = 1; attempt <= followAttempts; attempt += 1) {
      try {
        await session.publishQueue.run(streamId, async () => {
          const upstream = session.upstreams.get(streamId);
          if (upstream !== undefined) {
            await (kinds === undefined
              ? this.obeyRoom(session, upstream, roomId)
              : this.obey(session, upstream, roomId, kinds));
          }
        });
        return;
      } catch (error) {
        this.logger.warn({ err: error, roomId, streamId, attempt }, "an operator's mute is not in force yet");
        // By then what is said may be old: the room says what holds.
        kinds = undefined;
        await sleep(followIntervalMs, undefined, { ref: false });
      }
    }
  }

  /** Says all of it again, to a media node that has the stream anew. */
  async repeat(session: ClientSession, upstream: Upstream): Promise<void> {
    const { forbidden, mutes } = upstream;
    for (const [by, kindsByRoom] of [
      ['publisher', mutes],
      ['operator', forbidden],
    ] as const) {
      for (const [roomId, kinds] of kindsByRoom) {
        for (const kind of kinds) {
          const place = roomId === '' ? undefined : roomId;
          await this.tell(session, upstream, { by, kind, muted: true, roomId: place });
        }
      }
    }
  }

  private async obey(
    session: ClientSession,
    upstream: Upstream,
    roomId: string,
    kinds: readonly MediaKind[],
  ): Promise<void> {
    const former = upstream.forbidden.get(roomId);
    const forbidden = new Set(kinds);
    // Noted first: whoever publishes it anew meanwhile keeps to it.
    upstream.forbidden.set(roomId, forbidden);
    for (const kind of kindsOfMedia) {
      const muted = kinds.includes(kind);
      if (!muted && former?.has(kind) !== true) {
        continue;
      }
      try {
        await this.tell(session, upstream, { by: 'operator', kind, muted, roomId });
      } catch (error) {
        // The node still keeps it: to be lifted with the next attempt.
        forbidden.add(kind);
        throw error;
      }
    }
  }

  private async tell(
    session: ClientSession,
    { streamId }: Upstream,
    { roomId, ...mute }: { by: MuteAuthor; kind: MediaKind; muted: boolean; roomId: string | undefined },
  ): Promise<void> {
    await this.bus.requestNode(mediaRpc.muteUpstream, session.options.nodeId, {
      session: session.ref,
      streamId,
      ...mute,
      ...(roomId === undefined ? {} : { roomId }),
    });
  }
}

/** Whether a room does not get a kind, whoever wants it so. */
export function isKept({ forbidden, mutes }: Upstream, roomId: string, kind: MediaKind): boolean {
  return mutes.get(roomId)?.has(kind) === true || forbidden.get(roomId)?.has(kind) === true;
}
