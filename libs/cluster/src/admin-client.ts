import { AppError, type CredentialKind, wireErrorSchema } from '@polyroom/contracts';
import { httpRequest } from './http-request.js';

/** A client of a gateway's REST API. */
export class AdminClient {
  constructor(
    private readonly baseUrl: string,
    private readonly adminToken: string,
  ) {}

  async createApp(app: {
    appId: number;
    name: string;
    appSign?: string;
    serverSecret?: string;
    /** Default: tokens only. */
    credentialKinds?: CredentialKind[];
  }): Promise<{ appSign: string; serverSecret: string }> {
    return (await this.send('POST', '/v1/apps', app)) as { appSign: string; serverSecret: string };
  }

  /** Returns the key. */
  async createApiKey(appId: number, permissions: string[], expiresInMs?: number): Promise<string> {
    const body = { name: 'test', permissions, ...(expiresInMs === undefined ? {} : { expiresInMs }) };
    const { key } = (await this.send('POST', `/v1/apps/${appId}/api-keys`, body)) as { key: string };
    return key;
  }

  async setEntitlement(appId: number, name: string, value: boolean | number | string | null): Promise<void> {
    await this.send('PUT', `/v1/apps/${appId}/entitlements/${name}`, { value });
  }

  async listAudit(
    appId: number,
  ): Promise<{ actor: string; action: string; subject: string; before: unknown; after: unknown }[]> {
    const { entries } = (await this.send('GET', `/v1/apps/${appId}/audit`)) as { entries: never[] };
    return entries;
  }

  async listUserRooms(appId: number, userId: string): Promise<string[]> {
    const path = `/v1/apps/${appId}/users/${encodeURIComponent(userId)}/rooms`;
    const { rooms } = (await this.send('GET', path)) as { rooms: { roomId: string }[] };
    return rooms.map((room) => room.roomId);
  }

  /** Throws the AppError of the response. */
  async send(method: string, path: string, body?: unknown): Promise<unknown> {
    const { status, text } = await httpRequest(`${this.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.adminToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = JSON.parse(text) as { error?: unknown };
    if (status < 200 || status > 299) {
      throw AppError.fromWire(wireErrorSchema.parse(answer.error));
    }
    return answer;
  }
}
