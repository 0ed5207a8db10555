import { Bus, type BusSubscription } from '@polyroom/bus';
import {
  AppError,
  auditRpc,
  authRpc,
  type ErrorName,
  idempotencyRpc,
  messagingRpc,
  operatorSessionRpc,
  type ParsedRequestOf,
  recorderRpc,
  type ReplyOf,
  roomAdminRpc,
  roomDirectoryRpc,
  roomRpc,
  type RpcContract,
} from '@polyroom/contracts';

export const appId = 1001;
export const adminToken = 'letmein';
export const recordingId = `rc_x_${'0'.repeat(32)}`;
export const recordedFile = Buffer.from('0123456789');
/** Of a request in ZEGO's form. */
export const rightSignature = 'a'.repeat(32);
export const sessionCookie = `polyroom.session=${adminToken}; Path=/v1; HttpOnly; SameSite=Strict`;

/** Responds on behalf of the services behind the REST API, over a real bus; specs inject failures. */
export class FakeServices {
  readonly calls: Array<{
    method: string;
    request: Record<string, unknown>;
    /** As signed by the fake of auth: `actor permission appId`. */
    statement?: string | undefined;
  }> = [];
  /** Acts that were reported for the audit. */
  readonly acts: auditRpc.ReportedAct[] = [];
  /** Why a credential is refused; ADMIN_UNAUTHENTICATED by default. */
  credentialErrors: Record<string, ErrorName> = {};
  /** Called before an act of an operator is answered; may throw. */
  onAct: (method: string) => void = () => {};
  /** Called before acts are stored; may throw. */
  onRecordActs: () => void = () => {};
  onListAudit: (appId: number | undefined, cursor: string | undefined) => ReplyOf<typeof auditRpc.listAudit> =
    () => ({ entries: [] });
  banReply: ReplyOf<typeof roomAdminRpc.setBan> = {};
  private readonly subscriptions: BusSubscription[] = [];

  private constructor(private readonly bus: Bus) {}

  static async start(url: string): Promise<FakeServices> {
    const services = new FakeServices(await Bus.connect({ url, name: 'fake-services' }));
    services.answerAuth();
    services.answerOperators();
    services.answerRooms();
    services.answerRecorder();
    services.answerMessaging();
    await services.bus.flush();
    return services;
  }

  countCalls(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  async close(): Promise<void> {
    for (const subscription of this.subscriptions) {
      subscription.close();
    }
    await this.bus.close();
  }

  private answer<C extends RpcContract>(
    contract: C,
    reply: (request: ParsedRequestOf<C>) => ReplyOf<C> | Promise<ReplyOf<C>>,
  ): void {
    this.subscriptions.push(
      this.bus.respond(contract, contract.subject, undefined, async (request, { statement }) => {
        this.calls.push({ method: contract.method, request: request as Record<string, unknown>, statement });
        return reply(request as ParsedRequestOf<C>);
      }),
    );
  }

  /** An act of an operator: `onAct` may throw instead. */
  private act<C extends RpcContract>(contract: C, reply: ReplyOf<C>): void {
    this.answer(contract, () => {
      this.onAct(contract.method);
      return reply;
    });
  }

  private answerAuth(): void {
    this.answer(authRpc.authorize, ({ credential, permission, appId: ofAppId }) => {
      if (credential !== adminToken) {
        throw new AppError(this.credentialErrors[credential] ?? 'ADMIN_UNAUTHENTICATED');
      }
      return { statement: `alice ${permission} ${ofAppId ?? 'cluster'}`, actor: 'alice' };
    });
    this.answer(authRpc.authorizeSigned, ({ appId: ofAppId, permissions, signature }) => {
      if (signature !== rightSignature) {
        throw new AppError('SIGNATURE_INCORRECT');
      }
      return { statements: permissions.map((permission) => `zego:sc_1 ${permission} ${ofAppId}`) };
    });
    this.answer(authRpc.listApps, () => ({ apps: [] }));
    this.answer(authRpc.setEntitlement, ({ name, value }) => ({
      entitlement: { name, value: value ?? 0, overridden: value !== null },
      version: 1,
    }));
    this.answer(auditRpc.recordActs, ({ acts }) => {
      this.onRecordActs();
      this.acts.push(...acts);
      return { refused: [] };
    });
    this.answer(auditRpc.listAudit, ({ appId: ofAppId, cursor }) => this.onListAudit(ofAppId, cursor));
    this.answer(auditRpc.listAllAudit, ({ cursor }) => this.onListAudit(undefined, cursor));
    const kept = new Map<string, string>();
    this.answer(idempotencyRpc.openIdempotent, ({ key }) => {
      const answer = kept.get(key);
      return answer === undefined ? {} : { answer };
    });
    this.answer(idempotencyRpc.closeIdempotent, ({ key, answer }) => {
      if (answer !== undefined) {
        kept.set(key, answer);
      }
      return {};
    });
  }

  private answerOperators(): void {
    this.answer(operatorSessionRpc.takeStep, ({ step, body }) => {
      if (body['password'] === 'wrong') {
        throw new AppError('ADMIN_SIGN_IN_REFUSED');
      }
      return step === 'finishOidc'
        ? { body: {}, setCookies: [], redirectTo: 'http://localhost:7088/admin.html' }
        : { body: { next: 'done' }, setCookies: [sessionCookie] };
    });
  }

  private answerRooms(): void {
    this.answer(roomRpc.getSnapshot, ({ roomId }) => ({
      ...{ roomId, roomEpoch: 'e1', seq: 0, memberCount: 0 },
      ...{ members: [], streams: [], attributes: [] },
    }));
    this.answer(roomDirectoryRpc.findMembers, () => ({ exists: true, members: [] }));
    this.act(roomAdminRpc.kickUser, { roomIds: ['r1'] });
    this.act(roomAdminRpc.closeRoom, { members: 2 });
    this.act(roomAdminRpc.createRoom, { created: true, etag: 'e' });
    this.answer(roomAdminRpc.setBan, () => {
      this.onAct('setBan');
      return this.banReply;
    });
    this.act(roomAdminRpc.liftBan, { ban: { banId: 'b', privilege: 'login', untilMs: 1 } });
    this.act(roomAdminRpc.setStreamMute, { kinds: ['audio'] });
    this.act(roomAdminRpc.setMemberMute, { kinds: ['audio'] });
  }

  private answerRecorder(): void {
    this.act(recorderRpc.beginRecording, { recordingId, appId, recordings: [] });
    this.act(recorderRpc.endRecording, { streams: 1 });
    this.answer(recorderRpc.readRecordingFile, ({ recordingId: id, path, offset, length }) => ({
      file: {
        ...{ recordingId: id, appId, streamId: 's', userId: 'ada', path, kinds: ['audio' as const] },
        ...{ startedAtMs: 1, endedAtMs: 2, bytes: recordedFile.length },
      },
      data: recordedFile.subarray(offset, offset + length).toString('base64'),
      nodeId: 'nd_1',
    }));
  }

  private answerMessaging(): void {
    this.answer(messagingRpc.countServerMessage, () => ({}));
    this.answer(messagingRpc.send, ({ messages }) => ({
      outcomes: messages.map(({ content }) =>
        content === 'not stored'
          ? { error: new AppError('IM_SEND_FAILED').toWire() }
          : { sent: { seq: 1, messageId: 1, sentAtMs: Date.now() } },
      ),
    }));
  }
}
