import { Inject, Injectable } from '@nestjs/common';
import { type operatorSessionRpc, type ParsedRequestOf } from '@polyroom/contracts';
import { toDatabaseError } from '@polyroom/persistence';
import { type AccountSettings, accountSettingsToken } from './account-settings.js';
import { toAppError } from './library-errors.js';
import { addressHeader, sessionBasePath } from './library-requests.js';
import { type LoadAccounts, loadAccountsToken } from './load-accounts.js';
import { type LibraryStep, stepRequests } from './step-requests.js';

export type StepRequest = ParsedRequestOf<typeof operatorSessionRpc.takeStep>;

export interface LibraryAnswer {
  body: Record<string, unknown>;
  setCookies: string[];
  location: string | undefined;
}

/** Asks better-auth for one step. */
@Injectable()
export class LibraryClient {
  constructor(
    @Inject(loadAccountsToken) private readonly loadAccounts: LoadAccounts,
    @Inject(accountSettingsToken) private readonly settings: AccountSettings,
  ) {}

  /** Throws the refusal of the library as an AppError. */
  async ask(step: LibraryStep, request: StepRequest): Promise<LibraryAnswer> {
    const accounts = await this.loadAccounts();
    const response = await accounts.handler(this.toRequest(step, request)).catch((error: unknown) => {
      throw toDatabaseError(error) ?? withoutRequest(error);
    });
    const text = await response.text();
    const answer: unknown = text === '' ? {} : JSON.parse(text);
    if (response.status >= 400) {
      throw toAppError(response.status, answer);
    }
    return {
      body: (answer ?? {}) as Record<string, unknown>,
      setCookies: response.headers.getSetCookie(),
      location: response.headers.get('location') ?? undefined,
    };
  }

  private toRequest(step: LibraryStep, { body, cookie, userAgent, clientAddress }: StepRequest): Request {
    const [consoleUrl] = this.settings.consoleOrigins;
    const { method, path, body: sent = {} } = stepRequests[step](body, `${consoleUrl}/admin.html`);
    const url = new URL(`${sessionBasePath}${path}`, this.settings.adminUrl);
    const headers = new Headers({
      // The gateway has checked the origin of the browser.
      origin: consoleUrl,
      ...(cookie === undefined ? {} : { cookie }),
      ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
      ...(clientAddress === undefined ? {} : { [addressHeader]: clientAddress }),
    });
    if (method === 'GET') {
      Object.entries(sent).forEach(([name, value]) => url.searchParams.set(name, String(value)));
      return new Request(url, { method, headers });
    }
    headers.set('content-type', 'application/json');
    return new Request(url, { method, headers, body: JSON.stringify(sent) });
  }
}

/** Messages of the library's own failures may quote the request. */
function withoutRequest(error: unknown): Error {
  const { name = 'error', code = '' } = Object(error) as { name?: string; code?: string };
  return new Error(`the sign-in library failed: ${name} ${code}`.trim());
}
