import { type ClientParams } from '@polyroom/contracts';
import { generateToken04, issueNativeToken } from '@polyroom/tokens';
import { RawClient } from './raw-client.js';
import { loginParams, type RunningCluster, type TestApp } from './test-cluster.js';

const opus = {
  mid: '0',
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: 1111 }],
};

export interface TokenUser {
  client: RawClient;
  userId: string;
  token: string;
  ticket: ClientParams<'session.resume'>;
}

interface Login {
  gateway?: 0 | 1;
  userId?: string;
  token?: string;
  /** The client's address as a proxy reports it. */
  address?: string;
}

/** Users of an AppID who log in with tokens, over bare sockets. */
export class TokenUsers {
  private readonly open: RawClient[] = [];
  private count = 0;

  constructor(
    private readonly testCluster: RunningCluster,
    readonly app: TestApp,
  ) {}

  newUserId(): string {
    return `user-${(this.count += 1)}`;
  }

  issue(userId: string, kind: 'native' | 'token04' = 'native'): Promise<string> {
    const { appId, serverSecret: secret } = this.app;
    const options = { appId, userId, secret, effectiveTimeSeconds: 600 };
    return kind === 'native' ? issueNativeToken(options) : Promise.resolve(generateToken04(options));
  }

  async connect(gateway: 0 | 1, address?: string): Promise<RawClient> {
    const { wsUrl } = this.testCluster.cluster.gateways[gateway]!;
    const client = await RawClient.connect(
      wsUrl,
      address === undefined ? {} : { 'x-forwarded-for': address },
    );
    this.open.push(client);
    return client;
  }

  /** The code of a login over a new socket. */
  async codeOf(
    roomId: string,
    { userId, token }: TokenUser,
    { gateway = 0, address }: Login = {},
  ): Promise<number> {
    const client = await this.connect(gateway, address);
    return client.codeOf('room.login', this.paramsOf(roomId, userId, token));
  }

  paramsOf(roomId: string, userId: string, token: string): never {
    return loginParams(this.app, roomId, userId, { appSign: undefined, token });
  }

  async login(roomId: string, login: Login = {}): Promise<TokenUser> {
    const { gateway = 0, userId = this.newUserId(), address } = login;
    const token = login.token ?? (await this.issue(userId));
    const client = await this.connect(gateway, address);
    const answer = await client.call('room.login', this.paramsOf(roomId, userId, token));
    if (!('result' in answer)) {
      throw new Error(`room.login is refused with ${answer.code}`);
    }
    const { sessionId, resumeToken } = answer.result;
    const ticket = { appId: this.app.appId, userId, sessionId, resumeToken: resumeToken!, rooms: [] };
    return { client, userId, token, ticket };
  }

  /** Publishes audio in a room; returns the kinds that an operator mutes there. */
  async publish(client: RawClient, streamId: string, roomId: string, channel: 0 | 1 = 0): Promise<string[]> {
    for (const [method, params] of [
      ['stream.publish', { streamId, channel, roomId }],
      ['stream.produce', { streamId, kind: 'audio', rtpParameters: opus }],
    ] as const) {
      const code = await client.codeOf(method, params);
      if (code !== 0) {
        throw new Error(`${method} is refused with ${code}`);
      }
    }
    const answer = await client.call('stream.share', { streamId, roomId });
    if (!('result' in answer)) {
      throw new Error(`stream.share is refused with ${answer.code}`);
    }
    return answer.result.mutedKinds ?? [];
  }

  /** The code of playing a stream. */
  play(client: RawClient, streamId: string, roomId: string): Promise<number> {
    const rtpCapabilities = {
      codecs: [{ ...opus.codecs[0]!, kind: 'audio', preferredPayloadType: 111, rtcpFeedback: [] }],
    };
    return client.codeOf('stream.play', { streamId, roomId, rtpCapabilities });
  }

  closeAll(): void {
    this.open.splice(0).forEach((client) => client.close());
  }
}
