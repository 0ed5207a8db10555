import { type Bus } from '@polyroom/bus';
import { authRpc, operatorSessionRpc, type Permission } from '@polyroom/contracts';

/** A browser at the sign-in of operators: keeps cookies, as a gateway sees them. */
export class OperatorBrowser {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly client: () => Bus,
    private readonly clientAddress = '198.51.100.7',
  ) {}

  async take<S extends operatorSessionRpc.SessionStep>(
    step: S,
    body: operatorSessionRpc.StepBody<S>,
  ): Promise<operatorSessionRpc.StepReply<S>> {
    return (await this.takeFully(step, body)).body as operatorSessionRpc.StepReply<S>;
  }

  async takeFully<S extends operatorSessionRpc.SessionStep>(step: S, body: operatorSessionRpc.StepBody<S>) {
    const reply = await this.client().request(operatorSessionRpc.takeStep, {
      ...{ step, body, userAgent: 'test', clientAddress: this.clientAddress },
      ...(this.cookies.size === 0 ? {} : { cookie: this.cookieHeader }),
    });
    for (const cookie of reply.setCookies) {
      const [pair = '', ...attributes] = cookie.split('; ');
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      if (attributes.includes('Max-Age=0') || value === '') {
        this.cookies.delete(name);
      } else {
        this.cookies.set(name, value);
      }
    }
    return reply;
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** The credential of the session. */
  get credential(): string {
    return this.cookies.get(operatorSessionRpc.sessionCookieName) ?? 'none';
  }

  /** Throws the refusal of auth. */
  async authorize(permission: Permission, appId?: number): Promise<string> {
    const { actor } = await this.client().request(authRpc.authorize, {
      ...{ credential: this.credential, permission },
      ...(appId === undefined ? {} : { appId }),
    });
    return actor;
  }
}
