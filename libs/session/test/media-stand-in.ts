import { type Bus, type BusSubscription } from '@polyroom/bus';
import {
  AppError,
  mediaRpc,
  type NodeReport,
  nodeReported,
  type NodeRpcContract,
  nodeSubject,
  type ParsedRequestOf,
  type ReplyOf,
  type SessionRef,
  sessionsLost,
} from '@polyroom/contracts';

const reportMs = 50;

type Held = ReplyOf<typeof mediaRpc.getSession>;

/** Answers the bus as one media node does, without media, so that a spec can delay, fail and stop it. */
export class MediaStandIn {
  /** Requests in the order of their arrival. */
  readonly calls: { method: string; sessionId: string | undefined }[] = [];
  /** Called before a session is opened; may wait or throw. */
  onOpen: () => void | Promise<void> = () => {};
  /** Called before a track is produced; may wait or throw. */
  onProduce: () => void | Promise<void> = () => {};
  /** Called before a session is closed; may wait. */
  onClose: () => void | Promise<void> = () => {};
  cpuLoad = 0;
  private readonly sessions = new Map<string, Held>();
  private state: NodeReport['state'] = 'active';
  private incarnation = 1;
  private subscriptions: BusSubscription[] = [];
  private reporting: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: Bus,
    readonly nodeId: string,
  ) {}

  async start(): Promise<void> {
    this.serve();
    await this.bus.flush();
    this.report();
    this.reporting = setInterval(() => this.report(), reportMs);
  }

  /** Reports that it takes no more sessions. */
  drain(): void {
    this.state = 'draining';
    this.report();
  }

  /** Cannot be reached until `start`: no answers, no reports; it keeps its sessions. */
  async cut(): Promise<void> {
    clearInterval(this.reporting);
    this.subscriptions.forEach((subscription) => subscription.close());
    this.subscriptions = [];
    await this.bus.flush();
  }

  /** Ends like a crashed process: no answers, no reports, no sessions. */
  async die(): Promise<void> {
    this.sessions.clear();
    this.incarnation += 1;
    await this.cut();
  }

  /** Idempotent; also ends its connection to the bus. */
  async close(): Promise<void> {
    await this.die();
    await this.bus.close();
  }

  get isAlive(): boolean {
    return this.subscriptions.length > 0;
  }

  holds(sessionId: string): boolean {
    return this.sessions.has(sessionId);
  }

  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  /** Adds a stream to a session, as its client does over its transports. */
  addUpstream(sessionId: string, upstream: Held['upstreams'][number]): void {
    this.sessions.get(sessionId)!.upstreams.push(upstream);
  }

  /** Reports that the worker of a session has died. */
  loseSession(session: SessionRef): void {
    this.bus.publish(sessionsLost, {}, { nodeId: this.nodeId, sessions: [session] });
  }

  /** Resolves when the bus has all events of this node. */
  flush(): Promise<void> {
    return this.bus.flush();
  }

  report(): void {
    const { nodeId, state, cpuLoad } = this;
    this.bus.publish(
      nodeReported,
      {},
      {
        ...{ nodeId, state, cpuLoad, region: 'x', workers: 1, sessions: this.sessions.size },
        ...{ atMs: Date.now(), incarnation: String(this.incarnation) },
      },
    );
  }

  private serve(): void {
    this.answer(mediaRpc.ping, () => ({ incarnation: String(this.incarnation) }));
    this.answer(mediaRpc.openSession, async ({ session }) => {
      await this.onOpen();
      this.sessions.set(session.sessionId, { upstreams: [], downlinks: [] });
      const transport = {
        id: `${this.nodeId}-${session.sessionId}`,
        iceParameters: { usernameFragment: 'u', password: 'p' },
        iceCandidates: [],
        dtlsParameters: { fingerprints: [] },
      };
      return { nodeId: this.nodeId, routerRtpCapabilities: {}, send: transport, recv: transport };
    });
    this.answer(mediaRpc.closeSession, async ({ session }) => {
      await this.onClose();
      this.sessions.delete(session.sessionId);
      return {};
    });
    this.answer(mediaRpc.getSession, ({ session }) => this.get(session.sessionId));
    this.answer(mediaRpc.produce, async ({ session, streamId, kind }) => {
      await this.onProduce();
      const { upstreams } = this.get(session.sessionId);
      const upstream = upstreams.find((candidate) => candidate.streamId === streamId);
      if (upstream === undefined) {
        upstreams.push({ streamId, kinds: [kind], mutes: { everywhere: [], publisher: [], operator: [] } });
      } else {
        upstream.kinds.push(kind);
      }
      return { producerId: `${streamId}-${kind}` };
    });
    this.answer(mediaRpc.closeUpstream, ({ session, streamId }) => {
      const held = this.sessions.get(session.sessionId);
      if (held !== undefined) {
        held.upstreams = held.upstreams.filter((upstream) => upstream.streamId !== streamId);
      }
      return {};
    });
    this.answer(mediaRpc.muteUpstream, () => ({}));
    this.answer(mediaRpc.bindDownlink, ({ session, streamId, roomId }) => {
      const { downlinks } = this.get(session.sessionId);
      const downlink = downlinks.find((candidate) => candidate.streamId === streamId);
      const roomIds = [...new Set([...(downlink?.roomIds ?? []), roomId])];
      if (downlink === undefined) {
        downlinks.push({ streamId, roomIds });
      } else {
        downlink.roomIds = roomIds;
      }
      return { created: downlink === undefined, consumers: [], roomIds };
    });
    this.answer(mediaRpc.unbindDownlink, () => ({ closed: true, roomIds: [] }));
  }

  private get(sessionId: string): Held {
    const held = this.sessions.get(sessionId);
    if (held === undefined) {
      throw new AppError('MEDIA_SESSION_NOT_FOUND');
    }
    return held;
  }

  private answer<C extends NodeRpcContract>(
    contract: C,
    reply: (request: ParsedRequestOf<C>) => ReplyOf<C> | Promise<ReplyOf<C>>,
  ): void {
    const subject = nodeSubject(contract, this.nodeId);
    this.subscriptions.push(
      this.bus.respond(contract, subject, undefined, async (request) => {
        const { session } = request as { session?: { sessionId: string } };
        this.calls.push({ method: contract.method, sessionId: session?.sessionId });
        return reply(request as ParsedRequestOf<C>);
      }),
    );
  }
}
