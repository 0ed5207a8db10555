import { operatorSessionRpc } from '@polyroom/contracts';

export interface Answer {
  status: number;
  code: number;
  body: Record<string, unknown>;
}

/** An operator at the REST API of a gateway: keeps the cookies that it gets, as a browser does. */
export class OperatorClient {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly gatewayUrl: string,
    private readonly origin: string,
  ) {}

  /** The credential of the session. */
  get credential(): string {
    return this.cookies.get(operatorSessionRpc.sessionCookieName) ?? 'none';
  }

  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${this.gatewayUrl}/v1${path}`, {
      method,
      headers: {
        origin: this.origin,
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const text of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (value === '' || text.includes('Max-Age=0')) {
        this.cookies.delete(name);
      } else {
        this.cookies.set(name, value);
      }
    }
    const answer = (await response.json()) as Record<string, unknown> & { error?: { code: number } };
    return { status: response.status, code: answer.error?.code ?? 0, body: answer };
  }

  /** Signs in with a temporary password, and replaces it. */
  async signInFirst(email: string, temporaryPassword: string, password: string): Promise<void> {
    await this.must('POST', '/session', { email, password: temporaryPassword });
    await this.must('PUT', '/session/password', {
      currentPassword: temporaryPassword,
      newPassword: password,
    });
  }

  /** Throws if the request is refused. */
  async must(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await this.send(method, path, body);
    if (answer.code !== 0) {
      throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }
}
