import { type DevicePolicy, type ErrorName, type RoomMode, type SessionRef } from '@polyroom/contracts';
import { type Commands, toList } from './commands.js';
import { type RoomStoreKeys } from './keys.js';

export interface AdmitOptions {
  session: SessionRef;
  roomId: string;
  gatewayId: string;
  nodeId: string | undefined;
  userName: string;
  mode: RoomMode;
  /** Whether the login names the session's own user. */
  userMatches: boolean;
  limit: number;
  policy: DevicePolicy;
  requestId: string;
  /** How long a login may take between admit and confirm. */
  enterLeaseMs: number;
}

export interface RoomEpoch {
  roomId: string;
  epoch: number;
}

/** A session and what it held, for the caller to clear away. */
export interface HeldBySession {
  sessionId: string;
  gatewayId: string;
  nodeId: string | undefined;
  rooms: RoomEpoch[];
  streams: string[];
}

export interface AdmitResult {
  /** Undefined where the login was refused although others were put out for it. */
  epoch: number | undefined;
  refused: ErrorName | undefined;
  /** The same request had been admitted before. */
  repeated: boolean;
  evicted: HeldBySession[];
  /** Slots of logins that were never finished. */
  swept: (RoomEpoch & { sessionId: string })[];
}

interface RawHeld {
  sessionId: string;
  gatewayId: string;
  nodeId: string;
  rooms: [string, string][];
  streams: string[];
}

interface RawAdmit {
  epoch?: string;
  refused?: ErrorName;
  repeated?: boolean;
  evicted: RawHeld[];
  swept: [string, string, string][];
}

/** How many rooms a user is in, and through which sessions: everything that is decided about one user. */
export class UserSlot {
  constructor(
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** Takes a slot, or throws the rule that forbids it. */
  async admit(options: AdmitOptions): Promise<AdmitResult> {
    const raw = JSON.parse(
      String(
        await this.run('admit', options.session, [
          options.roomId,
          options.session.sessionId,
          options.gatewayId,
          options.nodeId ?? '',
          options.userName,
          options.mode,
          options.userMatches ? 1 : 0,
          options.limit,
          options.policy,
          options.requestId,
          options.enterLeaseMs,
        ]),
      ),
    ) as RawAdmit;
    return {
      epoch: raw.epoch === undefined ? undefined : Number(raw.epoch),
      refused: raw.refused,
      repeated: raw.repeated === true,
      evicted: toList(raw.evicted).map(toHeld),
      swept: toList(raw.swept).map(([roomId, epoch, sessionId]) => ({
        roomId,
        epoch: Number(epoch),
        sessionId,
      })),
    };
  }

  /** False where the slot is no longer this login's. */
  async confirm(session: SessionRef, roomId: string, epoch: number): Promise<boolean> {
    const { rooms } = this.keys.user(session.appId, session.userId);
    return (await this.commands.run('confirm', [rooms], [roomId, session.sessionId, epoch])) === 1;
  }

  /** Gives a slot back; throws ROOM_ROOMID_INCORRECT where it is not this login's. */
  async release(
    session: SessionRef,
    roomId: string,
    epoch: number,
  ): Promise<{ sessionEnded: boolean; streams: string[] }> {
    const answer = await this.run('release', session, [roomId, session.sessionId, epoch]);
    const raw = JSON.parse(String(answer)) as { sessionEnded: boolean; streams: string[] };
    return { sessionEnded: raw.sessionEnded, streams: toList(raw.streams) };
  }

  async reserveClaim(session: SessionRef, streamId: string, channel: number): Promise<void> {
    const { sessions, claims } = this.keys.user(session.appId, session.userId);
    await this.commands.run('reserveClaim', [sessions, claims], [session.sessionId, streamId, channel]);
  }

  async dropClaim(session: SessionRef, streamId: string): Promise<void> {
    const { claims } = this.keys.user(session.appId, session.userId);
    await this.commands.run('dropClaim', [claims], [session.sessionId, streamId]);
  }

  /** What the session holds, refused everything from now on; undefined where there is no such session. */
  async beginEnd(session: SessionRef): Promise<HeldBySession | undefined> {
    const answer = await this.run('beginEnd', session, [session.sessionId]);
    if (answer === null) {
      return undefined;
    }
    return toHeld({
      ...(JSON.parse(String(answer)) as Omit<RawHeld, 'sessionId'>),
      sessionId: session.sessionId,
    });
  }

  async finishEnd(session: SessionRef): Promise<void> {
    await this.run('finishEnd', session, [session.sessionId]);
  }

  /** False where there is no such session. */
  async markSuspended(session: SessionRef): Promise<boolean> {
    const { sessions } = this.keys.user(session.appId, session.userId);
    return (await this.commands.run('markSuspended', [sessions], [session.sessionId])) === 1;
  }

  private run(name: string, session: SessionRef, values: (string | number)[]): Promise<unknown> {
    const { rooms, sessions, claims } = this.keys.user(session.appId, session.userId);
    return this.commands.run(name, [rooms, sessions, claims], values);
  }
}

function toHeld(raw: RawHeld): HeldBySession {
  return {
    sessionId: raw.sessionId,
    gatewayId: raw.gatewayId,
    nodeId: raw.nodeId === '' ? undefined : raw.nodeId,
    rooms: toList(raw.rooms).map(([roomId, epoch]) => ({ roomId, epoch: Number(epoch) })),
    streams: toList(raw.streams),
  };
}
