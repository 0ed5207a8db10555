import { Bus, type BusSubscription } from '@polyroom/bus';
import {
  AppError,
  auditRpc,
  authRpc,
  type Entitlements,
  type Grants,
  mediaRpc,
  messagingReported,
  messagingRpc,
  type NodeRpcContract,
  nodeReported,
  nodeSubject,
  type OrderedMessage,
  type ParsedRequestOf,
  type ReplyOf,
  type RoomFact,
  roomFact,
  roomMessage,
  roomAdminRpc,
  roomRpc,
  type RpcContract,
} from '@polyroom/contracts';
import { defaultEntitlements } from '@polyroom/entitlements';

export const appId = 1001;
export const nodeId = 'nd_fake';
export const adminToken = 'letmein';

type LoginRequest = ParsedRequestOf<typeof roomRpc.login>;
type PermitRequest = ParsedRequestOf<typeof messagingRpc.permitUpdate>;

/** Entitlements with high limits, so that no test exceeds a rate by accident. */
const entitlements: Entitlements = {
  ...defaultEntitlements,
  multiRoom: true,
  maxRoomsPerUser: 500,
  broadcastsPerUserPerSecond: 0,
  broadcastsPerRoomPerSecond: 0,
};

const transport = {
  id: 't1',
  iceParameters: { usernameFragment: 'u', password: 'p' },
  iceCandidates: [],
  dtlsParameters: { fingerprints: [] },
};

/** Responds on behalf of the services behind the gateway, over a real bus; specs can override responses. */
export class FakeCluster {
  readonly calls: Array<{
    method: string;
    request: Record<string, unknown>;
    /** As signed by the fake of auth: `actor permission appId`. */
    statement?: string | undefined;
  }> = [];
  entitlements = { ...entitlements };
  grants: Grants = {};
  /** The AppID is disabled, without an announcement. */
  isAppDisabled = false;
  /** AppIDs with a moderation hook, as the messaging service reports them. */
  moderatedAppIds: number[] = [];
  /** Responds to moderation requests; may throw. */
  onPermitUpdate: (update: PermitRequest) => string[] | Promise<string[]> = ({ texts }) =>
    texts.map(({ content }) => content);
  /** Grants of individual tokens, instead of `grants`. */
  readonly grantsByToken = new Map<string, Grants>();
  /** Called before `renewMemberships` is answered; may throw. */
  onRenew: () => void = () => {};
  /** Called before `expireMemberships` is answered; may throw. */
  onExpire: () => void = () => {};
  /** Called before a login is answered; may throw, wait, or publish facts. */
  onLogin: (request: LoginRequest) => void | Promise<void> = () => {};
  /** Called before a logout is answered; may throw or wait. */
  onLogout: () => void | Promise<void> = () => {};
  /** Called before media are opened; may throw. */
  onOpenSession: () => void | Promise<void> = () => {};
  /** Called before the end of a session is answered; may throw. */
  onEndSession: () => void | Promise<void> = () => {};
  readonly endedStreamIds: string[] = [];
  private readonly subscriptions: BusSubscription[] = [];
  private readonly seqs = new Map<string, number>();
  /** Messages up to this number are no longer stored. */
  forgottenSeq = 0;
  private readonly messages = new Map<string, OrderedMessage[]>();
  private readonly shares = new Map<string, Set<string>>();
  private epoch = 0;
  private reporting: NodeJS.Timeout | undefined;

  private constructor(readonly bus: Bus) {}

  static async start(url: string): Promise<FakeCluster> {
    const cluster = new FakeCluster(await Bus.connect({ url, name: 'fake-cluster' }));
    cluster.answerAuth();
    cluster.answerRoom();
    cluster.answerMedia();
    cluster.answerMessaging();
    cluster.reporting = setInterval(() => cluster.report(), 100);
    await cluster.bus.flush();
    return cluster;
  }

  countCalls(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  /** Numbers and publishes a fact. */
  publishFact(roomId: string, fact: { sessionId: string } & Record<string, unknown>): number {
    const seq = (this.seqs.get(roomId) ?? 0) + 1;
    this.seqs.set(roomId, seq);
    const { sessionId, ...rest } = fact;
    this.bus.publish(
      roomFact,
      { appId, roomId },
      { appId, roomId, fact: { roomEpoch: 'e1', seq, origin: { sessionId }, ...rest } as RoomFact },
    );
    return seq;
  }

  async close(): Promise<void> {
    clearInterval(this.reporting);
    for (const subscription of this.subscriptions) {
      subscription.close();
    }
    await this.bus.close();
  }

  private report(): void {
    const { moderatedAppIds } = this;
    // A draining instance: requests go to the service's queue group instead.
    this.bus.publish(messagingReported, {}, { instanceId: 'in_ending', state: 'ending', moderatedAppIds });
    this.bus.publish(
      nodeReported,
      {},
      {
        nodeId,
        state: 'active',
        region: 'x',
        cpuLoad: 0,
        sessions: 0,
        workers: 1,
        atMs: Date.now(),
        incarnation: 'one',
      },
    );
  }

  private answer<C extends RpcContract | NodeRpcContract>(
    contract: C,
    reply: (request: ParsedRequestOf<C>) => ReplyOf<C> | Promise<ReplyOf<C>>,
  ): void {
    const subject = contract.kind === 'rpc' ? contract.subject : nodeSubject(contract, nodeId);
    this.subscriptions.push(
      this.bus.respond(contract, subject, undefined, async (request, { statement }) => {
        this.calls.push({ method: contract.method, request: request as Record<string, unknown>, statement });
        return reply(request as ParsedRequestOf<C>);
      }),
    );
  }

  private answerAuth(): void {
    this.answer(authRpc.authenticate, ({ token = '' }) => ({
      grants: this.grantsByToken.get(token) ?? this.grants,
    }));
    this.answer(authRpc.findRevoked, () => ({ version: 0, revoked: [] }));
    this.answer(authRpc.identifyUser, () => {
      throw new AppError('ROOM_AUTHENTICATION_FAILED');
    });
    this.answer(authRpc.getEntitlements, () => {
      if (this.isAppDisabled) {
        throw new AppError('COMMON_APP_OFFLINE');
      }
      return { entitlements: this.entitlements, version: 1 };
    });
    this.answer(authRpc.authorize, ({ credential, permission, appId: ofAppId }) => {
      if (credential !== adminToken) {
        throw new AppError('ADMIN_UNAUTHENTICATED');
      }
      return { statement: `alice ${permission} ${ofAppId ?? 'cluster'}`, actor: 'alice' };
    });
    this.answer(authRpc.listApps, () => ({ apps: [] }));
    this.answer(auditRpc.recordActs, () => ({ refused: [] }));
  }

  private answerRoom(): void {
    this.answer(roomRpc.heartbeat, () => ({ leaseMs: 6000, known: true }));
    this.answer(roomRpc.login, async (request) => {
      await this.onLogin(request);
      const { roomId, session, user } = request;
      const seq = this.publishFact(roomId, {
        type: 'memberJoined',
        sessionId: session.sessionId,
        user,
        memberCount: 1,
      });
      this.epoch += 1;
      return {
        epoch: this.epoch,
        snapshot: {
          roomId,
          roomEpoch: 'e1',
          seq,
          memberCount: 1,
          members: [user],
          streams: [],
          attributes: [],
        },
        endedStreamIds: [],
      };
    });
    this.answer(roomRpc.logout, async ({ session, roomId }) => {
      await this.onLogout();
      const user = { userId: session.userId, userName: session.userId };
      this.publishFact(roomId, {
        type: 'memberLeft',
        sessionId: session.sessionId,
        user,
        memberCount: 0,
      });
      return { endedStreamIds: this.endedStreamIds };
    });
    this.answer(roomRpc.getSnapshot, ({ roomId }) => ({
      roomId,
      roomEpoch: 'e1',
      seq: 0,
      memberCount: 0,
      members: [],
      streams: [],
      attributes: [],
    }));
    this.answer(roomRpc.readMemberRooms, ({ rooms }) => ({
      lostRoomIds: [],
      snapshots: rooms.map(({ roomId }) => ({
        roomId,
        roomEpoch: 'e1',
        seq: 0,
        memberCount: 0,
        members: [],
        streams: [],
        attributes: [],
      })),
    }));
    this.answer(roomRpc.listGatewaySessions, () => ({ cursor: '0', sessions: [] }));
    this.answer(roomRpc.reconcile, () => ({ gone: [], lostRooms: [], extraRooms: [] }));
    this.answer(roomRpc.endSession, async () => {
      await this.onEndSession();
      return { leftRoomIds: [] };
    });
    this.answer(roomRpc.renewMemberships, () => {
      this.onRenew();
      return {};
    });
    this.answer(roomRpc.expireMemberships, () => {
      this.onExpire();
      return {};
    });
    this.answer(roomRpc.suspendSession, () => ({ graceMs: 90_000 }));
    this.answer(roomRpc.claimStream, () => ({}));
    this.answer(roomRpc.releaseStream, () => ({ roomIds: [] }));
    this.answer(roomRpc.shareStream, ({ session, user, roomId, streamId, kinds, extraInfo = '' }) => {
      const roomIds = this.shares.get(streamId) ?? new Set();
      this.shares.set(streamId, roomIds.add(roomId));
      const stream = { streamId, user, extraInfo, kinds };
      this.publishFact(roomId, { type: 'streamAdded', sessionId: session.sessionId, stream });
      return { roomIds: [...roomIds] };
    });
    this.answer(roomAdminRpc.setRoomAttributes, ({ roomId, session, changes }) => {
      const sessionId = session?.sessionId ?? '';
      const attributes = changes.map(({ key, value }) => ({
        ...{ key, value, version: 1, updatedByUserId: session?.userId ?? '', updatedAtMs: Date.now() },
      }));
      this.publishFact(roomId, { type: 'attributesChanged', sessionId, attributes });
      return { attributes, etag: 'e' };
    });
    this.answer(roomAdminRpc.readMutes, () => ({ kinds: [] }));
    this.answer(roomRpc.updateStream, () => ({}));
    this.answer(roomRpc.unshareStream, ({ session, roomId, streamId }) => {
      const roomIds = this.shares.get(streamId) ?? new Set();
      roomIds.delete(roomId);
      const user = { userId: session.userId, userName: session.userId };
      const stream = { streamId, user, extraInfo: '', kinds: ['audio'] };
      this.publishFact(roomId, { type: 'streamRemoved', sessionId: session.sessionId, stream, reason: 1 });
      return { roomIds: [...roomIds] };
    });
    this.answer(roomRpc.locateStream, ({ streamId, roomId }) => {
      if (this.shares.get(streamId)?.has(roomId) !== true) {
        throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST');
      }
      return { nodeId };
    });
  }

  private answerMedia(): void {
    const bound = new Map<string, Set<string>>();
    this.answer(mediaRpc.openSession, async () => {
      await this.onOpenSession();
      return { nodeId, routerRtpCapabilities: {}, send: transport, recv: transport };
    });
    this.answer(mediaRpc.ping, () => ({ incarnation: 'one' }));
    this.answer(mediaRpc.closeSession, () => ({}));
    this.answer(mediaRpc.connectTransport, () => ({}));
    this.answer(mediaRpc.produce, () => ({ producerId: 'p1' }));
    this.answer(mediaRpc.produceData, () => ({ dataProducerId: 'd1', maxMessageBytes: 4096 }));
    this.answer(mediaRpc.closeUpstream, () => ({}));
    this.answer(mediaRpc.bindDownlink, ({ session, streamId, roomId }) => {
      const key = `${session.sessionId} ${streamId}`;
      const created = !bound.has(key);
      const roomIds = (bound.get(key) ?? new Set()).add(roomId);
      bound.set(key, roomIds);
      return { created, consumers: [], roomIds: [...roomIds] };
    });
    this.answer(mediaRpc.resumeDownlink, () => ({}));
    this.answer(mediaRpc.limitDownlink, () => ({}));
    this.answer(mediaRpc.unbindDownlink, ({ session, streamId, roomId }) => {
      const key = `${session.sessionId} ${streamId}`;
      const roomIds = bound.get(key) ?? new Set();
      if (roomId === undefined) {
        roomIds.clear();
      } else {
        roomIds.delete(roomId);
      }
      return { closed: roomIds.size === 0, roomIds: [...roomIds] };
    });
  }

  /** Stores a message as the messaging service does; `isPublished` false: the bus loses it. */
  store(
    roomId: string,
    message: Pick<OrderedMessage, 'from' | 'content' | 'to'>,
    isPublished = true,
  ): OrderedMessage {
    const log = this.messages.get(roomId) ?? [];
    const last = log.at(-1);
    const stored: OrderedMessage = {
      seq: log.length + 1,
      prev: last === undefined ? 0 : last.to === undefined ? last.seq : last.prev,
      messageId: log.length + 1,
      sentAtMs: Date.now(),
      kind: 'broadcast',
      category: 'chat',
      ...message,
    };
    this.messages.set(roomId, [...log, stored]);
    if (isPublished) {
      const event = { type: 'stored' as const, epoch: 'me1', messages: [stored], keys: [''] };
      this.bus.publish(roomMessage, { appId, roomId }, event);
    }
    return stored;
  }

  private answerMessaging(): void {
    this.answer(messagingRpc.countServerMessage, () => ({}));
    this.answer(messagingRpc.permitUpdate, async (update) => ({
      contents: await this.onPermitUpdate(update),
    }));
    this.answer(messagingRpc.send, ({ messages }) => ({
      outcomes: messages.map(({ roomId, from, content, to, kind, mode }) => {
        if (content === 'refused') {
          return { error: new AppError('IM_MESSAGE_REFUSED').toWire() };
        }
        if (content === 'not stored') {
          return { error: new AppError('IM_SEND_FAILED').toWire() };
        }
        if (kind === 'transparent' && mode === 'server') {
          return { sent: {} };
        }
        const { seq, messageId, sentAtMs } = this.store(roomId, {
          from,
          content,
          ...(to === undefined ? {} : { to }),
        });
        return { sent: { seq, messageId, sentAtMs } };
      }),
    }));
    this.answer(messagingRpc.sendBarrage, ({ roomId, from, content, category }) => {
      const message = { messageId: 'ms_1', sentAtMs: Date.now(), from, content, category };
      this.bus.publish(roomMessage, { appId, roomId }, { type: 'barrage', message });
      return { messageId: 'ms_1' };
    });
    this.answer(messagingRpc.readHistory, ({ roomId, epoch, sinceSeq, limit, userId }) => {
      const log = this.messages.get(roomId) ?? [];
      const isKept = ({ seq, to }: OrderedMessage): boolean =>
        seq > sinceSeq && seq > this.forgottenSeq && (userId === undefined || to?.includes(userId) !== false);
      return {
        position: { epoch: log.length === 0 ? '' : 'me1', seq: log.length },
        gone: limit > 0 && ((epoch !== '' && epoch !== 'me1') || sinceSeq < this.forgottenSeq),
        messages: log.filter(isKept).slice(0, limit),
      };
    });
  }
}
