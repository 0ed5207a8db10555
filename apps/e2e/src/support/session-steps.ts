import { type SessionRow } from './http-routes.js';
import { send } from './http-answer.js';

const wrongPassword = 'wrong harbour mechanic 1';
/** Their credentials are wrong. */
const stepBodies: Record<string, object> = {
  'POST /v1/session': { email: 'unknown@example.com', password: wrongPassword },
  'PUT /v1/session/password': { currentPassword: wrongPassword, newPassword: 'another harbour mechanic 1' },
  'POST /v1/session/totp': { code: '000000' },
  'POST /v1/session/recovery-code': { code: 'wrong-code' },
  'POST /v1/session/totp/enrolment': { password: wrongPassword },
  'POST /v1/session/totp/removal': { password: wrongPassword },
  'POST /v1/session/recovery-codes': { password: wrongPassword },
  'POST /v1/session/passkey': { response: { id: 'x' } },
  'POST /v1/session/passkeys': { response: { id: 'x' }, name: 'wrong' },
};
export const signOut = 'DELETE /v1/session';
export const callback = 'GET /v1/session/callback/oidc';
const refusedSteps = new Set([1190101, 1190111, 1190140, 1190142, 1190147]);

/** How a request shows a session, and what the table says for it. */
export interface SessionKind {
  name: string;
  cookie?: string;
  bearer?: string;
  /** Undefined: none is sent. */
  origin?: string;
  expected: (row: SessionRow) => string;
}

/** `allowed`, or the code of the refusal. */
export async function askStep(
  gateway: string,
  route: string,
  { cookie, bearer, origin }: SessionKind,
): Promise<string> {
  const [method, template] = route.split(' ') as [string, string];
  const body = stepBodies[route];
  const { status, code } = await send(`${gateway}${template.replace(/\{\w+\}/, 'none')}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(cookie === undefined ? {} : { cookie: `polyroom.session=${cookie}` }),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(origin === undefined ? {} : { origin }),
    },
  });
  if (status >= 500 || status === 429) {
    return `${status} ${code}`;
  }
  return refusedSteps.has(code) ? String(code) : 'allowed';
}
