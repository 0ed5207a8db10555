export interface Answer {
  status: number;
  /** Of our errors; 0 without one. */
  code: number;
  body: Record<string, unknown>;
  headers: Headers;
}

let asked = 0;

/** Sends a request from an address of its own: gateways of these tests trust the header. */
export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  asked += 1;
  const response = await fetch(url, {
    redirect: 'manual',
    ...init,
    headers: {
      'x-forwarded-for': `10.1.${(asked >> 8) & 255}.${asked & 255}`,
      ...(init.headers as Record<string, string>),
    },
  });
  const text = await response.text();
  const isJson = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '');
  const body = isJson && text !== '' ? (JSON.parse(text) as Answer['body']) : {};
  const { code = 0 } = (body['error'] ?? {}) as { code?: number };
  return { status: response.status, code, body, headers: response.headers };
}

/** Status and code. */
export function outcomeOf({ status, code }: Answer): string {
  return `${status} ${code}`;
}
