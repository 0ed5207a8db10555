import {
  AppError,
  type ClientInstance,
  type DevicePolicy,
  type ErrorName,
  type RoomMode,
  type SessionRef,
} from '@polyroom/contracts';
import { type Commands, toList } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { type Outbox } from './outbox.js';

/** A deadline, Unix ms. */
const never = Number.MAX_SAFE_INTEGER;

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
  /** True for the session's first login; other logins of an unknown session are refused. */
  opens: boolean;
  /** Hash of the secret that a resume must present. */
  tokenHash: string;
  /** Opaque to the store; returned by a resume. */
  note: string;
  /** The room to switch from; it does not count towards the limit. */
  replaces: string | undefined;
  /** Unix ms at which the token of the login expires; undefined if the rights do not expire. */
  rightsEndMs: number | undefined;
  /** Kept with the session: a ban of the address ends it also while it has no socket. */
  clientAddress?: string;
  /** Orders the sessions of one client. */
  client?: ClientInstance | undefined;
  /** Unix ms after which the login is refused: BUS_TIMEOUT. Omitted: it is never late. */
  deadlineMs?: number;
}

export interface ResumeOptions {
  tokenHash: string;
  clientAddress?: string | undefined;
  /** Unix ms after which the resume is refused: BUS_TIMEOUT. Omitted: it is never late. */
  deadlineMs?: number;
}

export interface RoomEpoch {
  roomId: string;
  epoch: number;
}

/** What a session held, for the caller to clean up. */
export interface HeldBySession {
  gatewayId: string;
  nodeId: string | undefined;
  rooms: RoomEpoch[];
  streams: string[];
  /** The reason of its eviction, if it was evicted. */
  code: ErrorName | undefined;
  reason: string | undefined;
}

export interface AdmitResult {
  /** Undefined if the login was refused; `out` and `swept` are to be cleaned up all the same. */
  epoch: number | undefined;
  /** Unix ms by the clock of Redis until which the login must enter the room; 0 if the slot is confirmed. */
  leaseMs: number;
  refused: ErrorName | undefined;
  /** The same request was admitted before. */
  repeated: boolean;
  /** Evicted sessions of this user, by this login or an earlier one, that are not cleaned up yet. */
  out: string[];
  /** Slots of logins that were never confirmed. */
  swept: (RoomEpoch & { sessionId: string })[];
}

export interface Resumed {
  /** The gateway that held it before. */
  gatewayId: string;
  nodeId: string | undefined;
  userName: string;
  mode: RoomMode;
  /** Number of the socket within the session; grows with every resume. */
  attach: number;
  rooms: (RoomEpoch & { note: string })[];
  claims: { streamId: string; channel: number }[];
  /** Rooms that the session lost while it had no socket. */
  lost: { roomId: string; code: ErrorName; reason: string | undefined }[];
  /** Rooms whose rights have expired, for the caller to remove. */
  expired: RoomEpoch[];
}

/** The change that a renewed token makes to one room. */
export interface RenewedRoom extends RoomEpoch {
  note: string;
  rightsEndMs: number | undefined;
}

export type SuspendResult = 'suspended' | 'stale' | 'ended' | 'none';

interface RawHeld {
  gatewayId: string;
  nodeId?: string;
  rooms: [string, string][];
  streams: string[];
  code?: ErrorName;
  reason?: string;
}

type RawAdmit = [
  epoch: string,
  leaseMs: number,
  repeated: 0 | 1,
  out: string[],
  swept: [string, string, string][],
  refused: ErrorName | '',
];

interface RawResumed {
  refused?: ErrorName;
  reason?: string;
  gatewayId: string;
  nodeId: string;
  userName: string;
  mode: RoomMode;
  attach: number;
  rooms: [string, string, string][];
  claims: [string, number][];
  lost?: Record<string, { code: ErrorName; reason?: string }>;
  expired: [string, string][];
}

/** Rooms, sessions and stream claims of one user; all decisions about one user are made here. */
export class UserSlot {
  constructor(
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
    private readonly outbox: Outbox,
  ) {}

  /** Reserves a slot, or throws the rule that forbids it. */
  async admit(options: AdmitOptions): Promise<AdmitResult> {
    const { appId, userId, sessionId } = options.session;
    const { rooms, sessions, claims, ban } = this.keys.user(appId, userId);
    const answer = (await this.commands.run(
      'admit',
      [rooms, sessions, claims, ban],
      [
        options.roomId,
        sessionId,
        options.gatewayId,
        options.nodeId ?? '',
        options.userName,
        options.mode,
        options.userMatches ? 1 : 0,
        options.limit,
        options.policy,
        options.requestId,
        options.enterLeaseMs,
        options.opens ? 1 : 0,
        options.tokenHash,
        options.note,
        options.replaces ?? '',
        options.rightsEndMs ?? '',
        options.clientAddress ?? '',
        options.client?.id ?? '',
        options.client?.socket ?? 0,
        options.deadlineMs ?? never,
      ],
    )) as RawAdmit;
    const [epoch, leaseMs, repeated, out, swept, refused] = answer;
    return {
      epoch: epoch === '' ? undefined : Number(epoch),
      leaseMs,
      refused: refused === '' ? undefined : refused,
      repeated: repeated === 1,
      out,
      swept: swept.map(([sweptRoomId, sweptEpoch, sweptSessionId]) => ({
        roomId: sweptRoomId,
        epoch: Number(sweptEpoch),
        sessionId: sweptSessionId,
      })),
    };
  }

  /** False if the slot does not belong to this login any more. */
  async confirm(session: SessionRef, roomId: string, epoch: number): Promise<boolean> {
    const { rooms, sessions } = this.keys.user(session.appId, session.userId);
    const keys = [rooms, sessions, this.keys.outbox(session)];
    const answer = await this.commands.run('confirm', keys, [roomId, session.sessionId, epoch]);
    if (answer === 2) {
      this.outbox.written(session);
    }
    return answer !== 0;
  }

  /**
   * Releases a slot; throws ROOM_ROOMID_INCORRECT if it does not belong to this login. `why` marks a removal:
   * a session without a socket gets it when it resumes.
   */
  async release(
    session: SessionRef,
    roomId: string,
    epoch: number,
    why?: { code: ErrorName; reason?: string },
  ): Promise<{
    gatewayId: string | undefined;
    nodeId: string | undefined;
    sessionEnded: boolean;
    streams: string[];
  }> {
    const values = [roomId, session.sessionId, epoch, why?.code ?? '', why?.reason ?? ''];
    const raw = JSON.parse(String(await this.runAndLog('release', session, values))) as {
      gatewayId?: string;
      nodeId?: string;
      sessionEnded: boolean;
      streams: string[];
    };
    return {
      gatewayId: raw.gatewayId,
      nodeId: raw.nodeId || undefined,
      sessionEnded: raw.sessionEnded,
      streams: toList(raw.streams),
    };
  }

  async reserveClaim(session: SessionRef, streamId: string, channel: number): Promise<void> {
    const { sessions, claims } = this.keys.user(session.appId, session.userId);
    await this.commands.run('reserveClaim', [sessions, claims], [session.sessionId, streamId, channel]);
  }

  async dropClaim(session: SessionRef, streamId: string): Promise<void> {
    const { claims } = this.keys.user(session.appId, session.userId);
    await this.commands.run('dropClaim', [claims], [session.sessionId, streamId]);
  }

  /**
   * Returns what the session holds and refuses all its requests from now on; undefined if there is no such
   * session. With `onlyExpired` a session with a socket ('live') or in its grace ('later') is left unchanged.
   */
  async beginEnd(
    session: SessionRef,
    options: { onlyExpired?: boolean } = {},
  ): Promise<HeldBySession | 'live' | 'later' | undefined> {
    const only = options.onlyExpired === true ? 'expired' : '';
    const answer = await this.run('beginEnd', session, [session.sessionId, only]);
    if (answer === null) {
      return undefined;
    }
    return answer === 'live' || answer === 'later' ? answer : toHeld(JSON.parse(answer as string) as RawHeld);
  }

  /** False if the record of an evicted session stays until its grace expires. */
  async finishEnd(session: SessionRef, reason = 'stopped'): Promise<boolean> {
    return (await this.runAndLog('finishEnd', session, [session.sessionId, reason])) === 1;
  }

  /** Evicts a session; `beginEnd` lists what it held. False if there is no session to evict. */
  async putOut(session: SessionRef, code: ErrorName, reason: string | undefined): Promise<boolean> {
    return (await this.run('putOut', session, [session.sessionId, code, reason ?? ''])) === 1;
  }

  /** Starts the grace of a session without a socket. `attach` 0: its gateway is lost with all sockets. */
  async suspend(
    session: SessionRef,
    gatewayId: string,
    attach: number,
    graceMs: number,
  ): Promise<SuspendResult> {
    const { rooms, sessions } = this.keys.user(session.appId, session.userId);
    const values = [session.sessionId, gatewayId, attach, graceMs];
    const keys = [sessions, rooms, this.keys.outbox(session)];
    const result = (await this.commands.run('suspend', keys, values)) as SuspendResult;
    this.outbox.written(session);
    return result;
  }

  /** Attaches the session to another socket, or throws the reason for the refusal. */
  async resume(
    session: SessionRef,
    gatewayId: string,
    { tokenHash, clientAddress = '', deadlineMs = never }: ResumeOptions,
  ): Promise<Resumed> {
    const { rooms, sessions, claims, ban } = this.keys.user(session.appId, session.userId);
    const values = [session.sessionId, gatewayId, tokenHash, clientAddress, deadlineMs];
    const answer = await this.commands
      .run('resume', [rooms, sessions, claims, ban, this.keys.outbox(session)], values)
      .catch((error: unknown) => {
        // Unknown: its grace has ended, it was banned, or it never was. Any client may ask.
        throw AppError.is(error, 'ROOM_DISCONNECT')
          ? new AppError('ROOM_DISCONNECT', { fault: 'client' })
          : error;
      });
    this.outbox.written(session);
    const raw = JSON.parse(String(answer)) as RawResumed;
    if (raw.refused !== undefined) {
      throw new AppError(raw.refused, raw.reason === undefined ? {} : { details: { reason: raw.reason } });
    }
    return {
      gatewayId: raw.gatewayId,
      nodeId: raw.nodeId || undefined,
      userName: raw.userName,
      mode: raw.mode,
      attach: raw.attach,
      rooms: toList(raw.rooms).map(([roomId, epoch, note]) => ({ roomId, epoch: Number(epoch), note })),
      claims: toList(raw.claims).map(([streamId, channel]) => ({ streamId, channel })),
      lost: Object.entries(raw.lost ?? {}).map(([roomId, { code, reason }]) => ({ roomId, code, reason })),
      expired: toList(raw.expired).map(([roomId, epoch]) => ({ roomId, epoch: Number(epoch) })),
    };
  }

  /** Records the rights of a renewed token. Returns in how many of the rooms the session still is. */
  async renew(session: SessionRef, renewed: RenewedRoom[]): Promise<number> {
    const { rooms } = this.keys.user(session.appId, session.userId);
    const values = renewed.flatMap(({ roomId, epoch, note, rightsEndMs }) => [
      roomId,
      epoch,
      note,
      rightsEndMs ?? '',
    ]);
    return Number(await this.commands.run('renew', [rooms], [session.sessionId, ...values]));
  }

  /** Records the media node of the session, unless a later socket has taken it over. */
  async setNode(session: SessionRef, attach: number, nodeId: string): Promise<void> {
    const { sessions } = this.keys.user(session.appId, session.userId);
    await this.commands.run('setNode', [sessions], [session.sessionId, attach, nodeId]);
  }

  /** Runs a command that may record events. */
  private async runAndLog(name: string, session: SessionRef, values: (string | number)[]): Promise<unknown> {
    const { rooms, sessions, claims } = this.keys.user(session.appId, session.userId);
    const answer = await this.commands.run(
      name,
      [rooms, sessions, claims, this.keys.outbox(session)],
      values,
    );
    this.outbox.written(session);
    return answer;
  }

  private run(name: string, session: SessionRef, values: (string | number)[]): Promise<unknown> {
    const { rooms, sessions, claims } = this.keys.user(session.appId, session.userId);
    return this.commands.run(name, [rooms, sessions, claims], values);
  }
}

function toHeld(raw: RawHeld): HeldBySession {
  return {
    gatewayId: raw.gatewayId,
    nodeId: raw.nodeId || undefined,
    rooms: toList(raw.rooms).map(([roomId, epoch]) => ({ roomId, epoch: Number(epoch) })),
    streams: toList(raw.streams),
    code: raw.code,
    reason: raw.reason,
  };
}
