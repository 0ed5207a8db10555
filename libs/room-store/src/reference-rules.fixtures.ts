import type { ClientInstance, DevicePolicy, ErrorName, RoomMode } from '@polyroom/contracts';

/** A sequential reference model of the rules of rooms, without hash slots and without timed leases. */

interface Place {
  sessionId: string;
  epoch: number;
  requestId: string;
  state: 'entering' | 'live';
  /** The lease of its login has expired. */
  isLate: boolean;
}

interface Session {
  state: 'live' | 'suspended' | 'ending' | 'out';
  gatewayId: string;
  attach: number;
  mode: RoomMode;
  /** IDs of the sessions that it evicted. */
  evicted: Set<string>;
  /** Rooms that an evicted session held. */
  left: { roomId: string; epoch: number }[];
  code: ErrorName | undefined;
  isExpired: boolean;
  isInGrace: boolean;
  client: ClientInstance | undefined;
  /** It was evicted while it had no socket; a resume gets the reason. */
  isRemembered: boolean;
  lost: Map<string, ErrorName>;
}

interface Room {
  capacity: number;
  members: Map<string, { sessionId: string; epoch: number }>;
}

export interface ModelAdmit {
  userId: string;
  sessionId: string;
  roomId: string;
  requestId: string;
  gatewayId: string;
  mode: RoomMode;
  userMatches: boolean;
  limit: number;
  policy: DevicePolicy;
  opens: boolean;
  replaces: string | undefined;
  client: ClientInstance | undefined;
  isLate: boolean;
}

export type Outcome<T> = { refused: ErrorName } | { ok: T };

export interface ModelAdmitted {
  epoch: number;
  repeated: boolean;
  out: string[];
  swept: string[];
}

export class ReferenceRules {
  private readonly places = new Map<string, Map<string, Place>>();
  private readonly sessions = new Map<string, Map<string, Session>>();
  private readonly rooms = new Map<string, Room>();
  /** Logins up to this epoch are rejected, by room and user. */
  private readonly fences = new Map<string, number>();
  private lastEpoch = 0;

  admit(login: ModelAdmit): Outcome<ModelAdmitted> & { out?: string[]; swept?: string[] } {
    const { userId, sessionId, roomId } = login;
    const places = this.placesOf(userId);
    const sessions = this.sessionsOf(userId);
    const own = sessions.get(sessionId);
    if (own?.state === 'out') {
      return { refused: own.code! };
    }
    if (own?.state === 'ending') {
      return { refused: 'ROOM_SESSION_EXCEPTION_KICKED_OUT' };
    }
    if ([...sessions.values()].some(({ evicted }) => evicted.has(sessionId))) {
      return { refused: 'ROOM_KICKED_OUT' };
    }
    const others = [...sessions].filter(([id, session]) => id !== sessionId && session.state !== 'out');
    const { client } = login;
    const isSame = (other: Session): boolean => client !== undefined && other.client?.id === client.id;
    if (others.some(([, other]) => isSame(other) && other.client!.socket > client!.socket)) {
      return { refused: 'ROOM_KICKED_OUT' };
    }
    if (own === undefined && !login.opens) {
      return { refused: 'ROOM_SESSION_EXCEPTION_KICKED_OUT' };
    }

    const swept: string[] = [];
    for (const [id, place] of places) {
      if (place.state === 'entering' && place.isLate) {
        places.delete(id);
        swept.push(id);
      }
    }
    const evicted: string[] = [];
    if (login.policy === 'refuseNew' && own === undefined && !others.every(([, other]) => isSame(other))) {
      return { refused: 'ROOM_LOGIN_OTHER', out: [], swept };
    }
    for (const [id, other] of others) {
      if (login.policy !== 'share' || isSame(other)) {
        this.takeAll(userId, id, 'ROOM_KICKED_OUT');
        evicted.push(id);
      }
    }
    const out = [...sessions].filter(([, session]) => session.state === 'out').map(([id]) => id);
    const refuse = (refused: ErrorName) => ({ refused, out, swept });

    const place = places.get(roomId);
    if (place !== undefined) {
      if (place.sessionId === sessionId && place.requestId === login.requestId) {
        return { ok: { epoch: place.epoch, repeated: true, out, swept } };
      }
      return refuse(login.mode === 'multi' ? 'ROOM_ROOM_ID_HAS_BEEN_USED' : 'ROOM_COUNT_EXCEED');
    }
    if (login.replaces !== undefined && places.get(login.replaces)?.sessionId !== sessionId) {
      return refuse('ROOM_ROOMID_INCORRECT');
    }
    const taken = [...places.keys()].filter((id) => id !== login.replaces).length;
    if (login.mode === 'single' && taken > 0) {
      return refuse('ROOM_COUNT_EXCEED');
    }
    if (!login.userMatches) {
      return refuse('ROOM_MULTI_ROOM_LOGIN_USER_NOT_SAME');
    }
    if (taken >= login.limit) {
      return refuse('ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT');
    }
    this.lastEpoch += 1;
    const epoch = this.lastEpoch;
    const { requestId, isLate } = login;
    places.set(roomId, { sessionId, epoch, requestId, state: 'entering', isLate });
    const session: Session = own ?? {
      state: 'live',
      gatewayId: login.gatewayId,
      attach: 1,
      mode: login.mode,
      evicted: new Set(),
      left: [],
      code: undefined,
      isExpired: false,
      isInGrace: false,
      client,
      isRemembered: false,
      lost: new Map(),
    };
    evicted.forEach((id) => session.evicted.add(id));
    sessions.set(sessionId, session);
    return { ok: { epoch, repeated: false, out, swept } };
  }

  enter(
    userId: string,
    sessionId: string,
    roomId: string,
    options: { epoch: number; isLate: boolean; capacity: number },
  ): Outcome<{ joined: boolean; memberCount: number }> {
    if (options.isLate) {
      return { refused: 'ROOM_LOGIN_TIMEOUT' };
    }
    if ((this.fences.get(`${roomId} ${userId}`) ?? 0) >= options.epoch) {
      return { refused: 'ROOM_SESSION_EXCEPTION_KICKED_OUT' };
    }
    const room = this.rooms.get(roomId) ?? { capacity: options.capacity, members: new Map() };
    const member = room.members.get(userId);
    if (member !== undefined && member.epoch > options.epoch) {
      return { refused: 'ROOM_SESSION_EXCEPTION_KICKED_OUT' };
    }
    if (member === undefined && room.capacity > 0 && room.members.size >= room.capacity) {
      return { refused: 'ROOM_EXCEED_MAXIMUM_MEMBER' };
    }
    this.rooms.set(roomId, room);
    room.members.set(userId, { sessionId, epoch: options.epoch });
    return { ok: { joined: member === undefined, memberCount: room.members.size } };
  }

  leave(userId: string, sessionId: string, roomId: string, epoch: number): boolean {
    const room = this.rooms.get(roomId);
    const member = room?.members.get(userId);
    if (room === undefined || member?.sessionId !== sessionId || member.epoch !== epoch) {
      if (member === undefined || member.epoch < epoch) {
        this.fences.set(`${roomId} ${userId}`, epoch);
      }
      return false;
    }
    room.members.delete(userId);
    if (room.members.size === 0) {
      this.rooms.delete(roomId);
    }
    return true;
  }

  confirm(userId: string, sessionId: string, roomId: string, epoch: number): boolean {
    const place = this.placesOf(userId).get(roomId);
    if (place?.sessionId !== sessionId || place.epoch !== epoch) {
      return false;
    }
    place.state = 'live';
    return true;
  }

  release(
    userId: string,
    sessionId: string,
    roomId: string,
    epoch: number,
    code: ErrorName | undefined,
  ): Outcome<{ sessionEnded: boolean }> {
    const places = this.placesOf(userId);
    const sessions = this.sessionsOf(userId);
    const place = places.get(roomId);
    if (place?.sessionId !== sessionId || place.epoch !== epoch) {
      return { refused: 'ROOM_ROOMID_INCORRECT' };
    }
    places.delete(roomId);
    const session = sessions.get(sessionId);
    if (session?.state === 'suspended' && code !== undefined) {
      session.lost.set(roomId, code);
      return { ok: { sessionEnded: false } };
    }
    const sessionEnded = ![...places.values()].some((other) => other.sessionId === sessionId);
    if (sessionEnded) {
      sessions.delete(sessionId);
    }
    return { ok: { sessionEnded } };
  }

  suspend(userId: string, sessionId: string, gatewayId: string, attach: number, isExpired: boolean): string {
    const session = this.sessionsOf(userId).get(sessionId);
    if (session === undefined) {
      return 'none';
    }
    if (session.state === 'ending' || session.state === 'out') {
      return 'ended';
    }
    if (session.gatewayId !== gatewayId || (attach !== 0 && attach !== session.attach)) {
      return 'stale';
    }
    if (session.state === 'live') {
      session.state = 'suspended';
      session.isExpired = isExpired;
      session.isInGrace = !isExpired;
    }
    return 'suspended';
  }

  resume(
    userId: string,
    sessionId: string,
    gatewayId: string,
    knowsToken: boolean,
  ): Outcome<{ attach: number; roomIds: string[]; lost: Map<string, ErrorName> }> {
    const sessions = this.sessionsOf(userId);
    if ([...sessions.values()].some(({ evicted }) => evicted.has(sessionId))) {
      return { refused: 'ROOM_KICKED_OUT' };
    }
    const session = sessions.get(sessionId);
    if (session === undefined || session.state === 'ending') {
      return { refused: 'ROOM_DISCONNECT' };
    }
    if (session.state === 'out') {
      return { refused: session.code! };
    }
    if (!knowsToken) {
      return { refused: 'ROOM_AUTHENTICATION_FAILED' };
    }
    session.state = 'live';
    session.isInGrace = false;
    session.gatewayId = gatewayId;
    session.attach += 1;
    const { lost } = session;
    session.lost = new Map();
    const roomIds = [...this.placesOf(userId)]
      .filter(([, place]) => place.sessionId === sessionId && place.state === 'live')
      .map(([roomId]) => roomId);
    return { ok: { attach: session.attach, roomIds, lost } };
  }

  /** Releases memberships, places and the session in one step. */
  end(userId: string, sessionId: string, onlyExpired: boolean): string[] | 'live' | 'later' | undefined {
    const session = this.sessionsOf(userId).get(sessionId);
    if (session === undefined) {
      return undefined;
    }
    if (onlyExpired && session.state === 'live') {
      return 'live';
    }
    if (onlyExpired && session.state === 'suspended' && !session.isExpired) {
      return 'later';
    }
    const held =
      session.state === 'out'
        ? session.left
        : [...this.placesOf(userId)]
            .filter(([, place]) => place.sessionId === sessionId)
            .map(([roomId, { epoch }]) => ({ roomId, epoch }));
    for (const { roomId, epoch } of held) {
      this.leave(userId, sessionId, roomId, epoch);
      const place = this.placesOf(userId).get(roomId);
      if (place?.sessionId === sessionId) {
        this.placesOf(userId).delete(roomId);
      }
    }
    session.left = [];
    if (!session.isRemembered) {
      this.sessionsOf(userId).delete(sessionId);
    }
    return held.map(({ roomId }) => roomId);
  }

  /** Begins to end a session and crashes before it is done. False if there is no such session. */
  halfEnd(userId: string, sessionId: string): boolean {
    const session = this.sessionsOf(userId).get(sessionId);
    if (session !== undefined && session.state !== 'out') {
      session.state = 'ending';
    }
    return session !== undefined;
  }

  putOut(userId: string, sessionId: string, code: ErrorName): boolean {
    const session = this.sessionsOf(userId).get(sessionId);
    if (session === undefined || session.state === 'out' || session.state === 'ending') {
      return false;
    }
    this.takeAll(userId, sessionId, code);
    return true;
  }

  private takeAll(userId: string, sessionId: string, code: ErrorName): void {
    const session = this.sessionsOf(userId).get(sessionId)!;
    session.isRemembered = session.isInGrace;
    session.state = 'out';
    session.code = code;
    session.evicted = new Set();
    for (const [roomId, place] of this.placesOf(userId)) {
      if (place.sessionId === sessionId) {
        this.placesOf(userId).delete(roomId);
        session.left.push({ roomId, epoch: place.epoch });
      }
    }
  }

  /** The state in a form that the store and the model share. */
  describe(userId: string): { rooms: string[]; sessions: string[] } {
    return {
      rooms: [...this.placesOf(userId)].map(
        ([roomId, { sessionId, state }]) => `${roomId} ${sessionId} ${state}`,
      ),
      sessions: [...this.sessionsOf(userId)].map(
        ([sessionId, { state, gatewayId }]) => `${sessionId} ${state} ${gatewayId}`,
      ),
    };
  }

  membersOf(roomId: string): string[] {
    return [...(this.rooms.get(roomId)?.members ?? [])].map(
      ([userId, { sessionId }]) => `${userId} ${sessionId}`,
    );
  }

  private placesOf(userId: string): Map<string, Place> {
    return getOrMake(this.places, userId);
  }

  private sessionsOf(userId: string): Map<string, Session> {
    return getOrMake(this.sessions, userId);
  }
}

function getOrMake<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const found = maps.get(key) ?? new Map<string, V>();
  maps.set(key, found);
  return found;
}
