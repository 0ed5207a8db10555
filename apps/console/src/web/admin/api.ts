/** A refusal of a gateway. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** Codes that the pages act upon. */
export const codes = { noSession: 1190101, signInRefused: 1190140, passwordChangeRequired: 1190142 } as const;

const loopbackNames = new Set(['localhost', '127.0.0.1']);

/** The address of the REST API of a gateway. */
export function adminUrlOf(gateway: string): string {
  const url = new URL(gateway.replace(/^ws/, 'http'));
  // The cookie is sent within one site: `localhost` and 127.0.0.1 are two.
  if (loopbackNames.has(url.hostname) && loopbackNames.has(location.hostname)) {
    url.hostname = location.hostname;
  }
  return `${url.origin}/v1`;
}

/** The REST API of a gateway, with the session in the cookie of this browser. */
export class Api {
  private readonly base: string;

  constructor(gateway: string) {
    this.base = adminUrlOf(gateway);
  }

  /** Throws ApiError. */
  async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.base}${path}`, {
      method,
      credentials: 'include',
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    }).catch(() => {
      throw new ApiError(0, 'The gateway cannot be reached.');
    });
    const answer = (await response.json()) as T & { error?: { code: number; message: string } };
    if (answer.error !== undefined) {
      throw new ApiError(answer.error.code, answer.error.message);
    }
    return answer;
  }
}

export interface Grant {
  role: 'owner' | 'operator' | 'viewer';
  appId?: number;
}

export interface Operator {
  operatorId: string;
  email: string;
  name: string;
  grants: Grant[];
  enabled: boolean;
  mustChangePassword: boolean;
  hasPassword: boolean;
  hasTotp: boolean;
  passkeys: number;
}

export interface Session {
  sessionId: string;
  createdAtMs: number;
  expiresAtMs: number;
  address: string | null;
  userAgent: string | null;
  current?: boolean;
}
