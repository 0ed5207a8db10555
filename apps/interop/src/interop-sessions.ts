import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { AppError, roomRpc, type SessionRef, transportLost } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { Identities } from '@polyroom/session';
import { ClientMethods } from '@polyroom/session';
import { type HttpConnection } from './http-connection.js';
import { type InteropSession } from './interop-session.js';

/** A client answers an offer immediately or never. */
const answerTimeoutMs = 15_000;
const authenticateTimeoutMs = 3000;

interface Held {
  session: InteropSession;
  subscription: BusSubscription;
  answerTimer: NodeJS.Timeout | undefined;
}

/** The WHIP and WHEP sessions of this process. Each ends with its DELETE, its transport or its stream. */
@Injectable()
export class InteropSessions implements OnModuleDestroy {
  private readonly held = new Map<string, Held>();
  private readonly ending = new Set<Promise<void>>();

  constructor(
    private readonly bus: Bus,
    private readonly methods: ClientMethods,
    private readonly identities: Identities,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Sessions are not handed over to another instance: their clients reconnect by themselves. */
  async onModuleDestroy(): Promise<void> {
    for (const { session } of [...this.held.values()]) {
      session.options.connection.end('shutting down');
    }
    await Promise.all(this.ending);
  }

  add(session: InteropSession): void {
    const { sessionId, connection, kind } = session.options;
    const subscription = this.bus.subscribe(transportLost, { sessionId }, ({ direction }) => {
      if (direction === (kind === 'whip' ? 'send' : 'recv')) {
        connection.end('transport lost');
      }
    });
    const answerTimer = session.awaitsAnswer
      ? setTimeout(() => session.awaitsAnswer && connection.end('no answer'), answerTimeoutMs)
      : undefined;
    this.held.set(sessionId, { session, subscription, answerTimer });
    connection.onOver = (why) => void this.track(this.finish(session, why));
    if (!connection.isOpen) {
      // The session ended before the listener was attached.
      connection.onOver('ended meanwhile');
    }
  }

  /** Throws if the session does not exist or was opened with another token. */
  async get(appId: number, sessionId: string, token: string): Promise<InteropSession> {
    const session = this.held.get(sessionId)?.session;
    if (session === undefined || session.options.appId !== appId) {
      throw new AppError('INTEROP_RESOURCE_NOT_FOUND');
    }
    if (!session.isOpenedWith(token)) {
      const { userId, roomId } = session.options;
      await this.identities.authenticate({ appId, userId, roomId, token }, authenticateTimeoutMs);
    }
    return session;
  }

  /** Ends a session at its client's request; resolves when everything is released. */
  async end(session: InteropSession): Promise<void> {
    session.options.connection.end('deleted');
    await Promise.all(this.ending);
  }

  /** Leaves the rooms and releases all media, even during a login. Never rejects. */
  async leave(connection: HttpConnection): Promise<void> {
    const { session } = connection.slot;
    try {
      await this.methods.call(connection.caller, 'room.logout', {});
    } catch (error) {
      this.logger.warn({ err: error, connectionId: connection.connectionId }, 'interop session not ended');
      if (session !== undefined) {
        await this.endUnheld(session.ref);
      }
    }
  }

  private async finish(session: InteropSession, why: string): Promise<void> {
    const { sessionId, connection, kind, streamId } = session.options;
    const held = this.held.get(sessionId);
    if (held === undefined) {
      return;
    }
    this.held.delete(sessionId);
    held.subscription.close();
    clearTimeout(held.answerTimer);
    const isHeld = connection.slot.session !== undefined;
    await this.leave(connection);
    if (!isHeld) {
      // The session was already released here, so it cannot be resumed.
      const { appId, userId } = session.options;
      await this.endUnheld({ appId, userId, sessionId });
    }
    this.logger.info({ sessionId, kind, streamId, why }, 'interop session ended');
  }

  /** Also notifies the media nodes. */
  private async endUnheld(session: SessionRef): Promise<void> {
    try {
      await this.bus.request(roomRpc.endSession, { session });
    } catch (error) {
      this.logger.warn({ err: error, sessionId: session.sessionId }, 'interop session left to its grace');
    }
  }

  private track(work: Promise<void>): Promise<void> {
    this.ending.add(work);
    return work.finally(() => this.ending.delete(work));
  }
}
