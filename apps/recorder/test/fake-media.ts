import { Bus } from '@polyroom/bus';
import {
  type ActiveRecording,
  AppError,
  authRpc,
  type NodeRpcContract,
  nodeReported,
  nodeSubject,
  type Permission,
  recordingRpc,
  type ReplyOf,
  roomAdminRpc,
  type RpcContract,
  roomRpc,
} from '@polyroom/contracts';
import { StatementSigner } from '@polyroom/tokens';
import { defaultEntitlements } from '@polyroom/entitlements';

export const appId = 1;
export const nodeId = 'nd_fake';

/** Signs the statements that auth would sign. */
const signer = await StatementSigner.create();

/**
 * Fakes of auth, the room service and one media node: rooms are sets of streams, and recordings are only counted.
 */
export class FakeMedia {
  readonly rooms = new Map<string, Set<string>>();
  readonly recordings = new Map<string, ActiveRecording>();
  /** Every started recording, restarts included. */
  readonly started: string[] = [];
  readonly stopped: string[] = [];
  maxRecordings = 100;
  /** Streams with a codec that cannot be recorded. */
  refused = new Set<string>();
  beforeRefusal: () => Promise<unknown> = () => Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  private constructor(readonly bus: Bus) {
    this.respond();
    this.timer = setInterval(() => this.report(), 1000);
  }

  static async start(natsUrl: string): Promise<FakeMedia> {
    const media = new FakeMedia(await Bus.connect({ url: natsUrl, name: 'fake' }));
    await media.bus.flush();
    return media;
  }

  reset(): void {
    this.rooms.clear();
    this.recordings.clear();
    this.refused.clear();
    this.started.length = 0;
    this.stopped.length = 0;
  }

  /** A statement of an API key, as auth signs it. */
  stateAuthority(permission: Permission): Promise<string> {
    return signer.sign({ actor: 'a key', kind: 'apiKey', permission, appId });
  }

  /** The streams recorded under an ID. */
  recorded(recordingId: string): string[] {
    const own = [...this.recordings.values()].filter((recording) => recording.recordingId === recordingId);
    return own.map(({ streamId }) => streamId).sort();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.bus.close();
  }

  private report(): void {
    const load = { cpuLoad: 0, sessions: 0, workers: 1, atMs: Date.now(), incarnation: '1' };
    this.bus.publish(nodeReported, {}, { nodeId, state: 'active', region: 'local', ...load });
  }

  private respond(): void {
    this.answer(authRpc.getStatementKeys, () => ({ keys: [signer.publicKey] }));
    this.answer(authRpc.getEntitlements, () => ({
      entitlements: { ...defaultEntitlements, maxRecordings: this.maxRecordings },
      version: 1,
    }));
    this.answer(roomRpc.getSnapshot, ({ roomId }) => {
      const streams = this.rooms.get(roomId);
      if (streams === undefined) {
        throw new AppError('ROOM_ROOMID_INCORRECT');
      }
      const user = { userId: 'u', userName: 'u' };
      return {
        ...{ roomId, roomEpoch: 'e', seq: 1, memberCount: 0, members: [], attributes: [] },
        streams: [...streams].map((streamId) => ({
          streamId,
          user,
          extraInfo: '',
          kinds: ['audio' as const],
        })),
      };
    });
    this.answer(roomAdminRpc.findStream, ({ streamId }) => {
      if (![...this.rooms.values()].some((streams) => streams.has(streamId))) {
        throw new AppError('PLAYER_PLAY_STREAM_NOT_EXIST');
      }
      return { nodeId };
    });
    this.answer(recordingRpc.startRecording, async (stream) => {
      if (this.refused.has(stream.streamId)) {
        await this.beforeRefusal();
        throw new AppError('RECORDING_CODEC_UNSUPPORTED');
      }
      const key = `${stream.recordingId} ${stream.streamId}`;
      this.started.push(key);
      const recording = this.recordings.get(key) ?? { ...stream, startedAtMs: Date.now(), files: 0 };
      this.recordings.set(key, recording);
      return recording;
    });
    this.answer(recordingRpc.stopRecording, ({ recordingId, streamId }) => {
      const keys = this.recorded(recordingId)
        .filter((each) => each === (streamId ?? each))
        .map((each) => `${recordingId} ${each}`);
      keys.forEach((key) => this.recordings.delete(key));
      this.stopped.push(...keys);
      return { stopped: keys.length };
    });
    this.answer(recordingRpc.listRecordings, ({ recordingId }) => ({
      recordings: [...this.recordings.values()].filter(
        (recording) => recording.recordingId === (recordingId ?? recording.recordingId),
      ),
    }));
  }

  private answer<C extends RpcContract | NodeRpcContract>(
    contract: C,
    handle: (request: C['request']['_zod']['output']) => ReplyOf<C> | Promise<ReplyOf<C>>,
  ): void {
    const [subject, queue] =
      contract.kind === 'rpc'
        ? [contract.subject, contract.service]
        : [nodeSubject(contract, nodeId), undefined];
    this.bus.respond(contract, subject, queue, async (request) => handle(request as never));
  }
}
