import { type Cluster, TenantClient } from '@polyroom/cluster';
import { type KnownApp } from '../outage/known-app.js';
import { LoginLoad } from '../outage/login-load.js';
import { tryLogin } from '../outage/try-login.js';

const loginsPerSecond = 4;
const readsPerSecond = 2;
const messagesPerSecond = 1;
export const talkRoom = 'talk';
const deadlineMs = 5000;

/** Logins, messages and requests to the REST API at a steady rate, so that an outage has requests that fail. */
export class Traffic {
  private logins = 0;
  private messages = 0;
  private speaker: TenantClient | undefined;
  private readonly loads: LoginLoad[];

  private constructor(
    private readonly cluster: Cluster,
    private readonly app: KnownApp,
  ) {
    this.loads = [
      new LoginLoad(() => this.login(), loginsPerSecond),
      new LoginLoad(() => this.read(), readsPerSecond),
      new LoginLoad(() => this.speak(), messagesPerSecond),
    ];
  }

  static start(cluster: Cluster, app: KnownApp): Traffic {
    return new Traffic(cluster, app);
  }

  async stop(): Promise<void> {
    await Promise.all(this.loads.map((load) => load.stop()));
    this.speaker?.leave();
  }

  private async login(): Promise<number> {
    const { appId, appSign } = this.app;
    const userId = `user-${this.logins++}`;
    const { code } = await tryLogin(
      this.cluster.gateways[0]!.wsUrl,
      { appId, appSign, mode: 'single', roomId: 'lobby', user: { userId, userName: userId } },
      deadlineMs,
    );
    return code;
  }

  private async read(): Promise<number> {
    const response = await fetch(`${this.cluster.gateways[0]!.httpUrl}/v1/apps`, {
      headers: { authorization: `Bearer ${this.cluster.adminToken}` },
      signal: AbortSignal.timeout(deadlineMs),
    }).catch(() => undefined);
    await response?.arrayBuffer().catch(() => undefined);
    return response?.status ?? 0;
  }

  /** A user who stays in a room sends a message, and enters again after a failure. */
  private async speak(): Promise<number> {
    const number = this.messages++;
    const speaker = this.speaker?.isOpen === true ? this.speaker : await this.enter(`speaker-${number}`);
    const params = { roomId: talkRoom, content: 'a message', clientMessageId: `message-${number}` };
    const code = (await speaker?.call('message.broadcast', params)) ?? -1;
    if (code !== 0) {
      speaker?.leave();
    }
    this.speaker = code === 0 ? speaker : undefined;
    return code;
  }

  private async enter(userId: string): Promise<TenantClient | undefined> {
    const { wsUrl } = this.cluster.gateways[0]!;
    const client = await TenantClient.connect(wsUrl, this.app, userId).catch(() => undefined);
    if (client !== undefined && (await client.login(talkRoom)) !== 0) {
      client.leave();
      return undefined;
    }
    return client;
  }
}
