import { loopbackUrl } from './loopback-url.js';

/** A refusal of a gateway, or no answer: then the code is 0. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly status = 0,
  ) {
    super(message);
  }
}

/** Codes that the pages act upon. */
export const codes = { noSession: 1190101, roleMissing: 1190141, passwordChangeRequired: 1190142 } as const;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface RequestOptions {
  signal?: AbortSignal | undefined;
  /** The version that the change replaces, as `If-Match`: refused with the status 412 if there is a newer one. */
  ifVersion?: number;
}

interface ErrorBody {
  error?: { code: number; message: string };
}

/** Texts of failures that no gateway words. */
export interface ApiTexts {
  unreachable: string;
  noJson: (status: number) => string;
}

/** The REST API of the gateways, with the session in the cookie of this browser. */
export class Api {
  private readonly bases: string[];
  private current = 0;

  constructor(
    gateways: string[],
    private readonly texts: ApiTexts,
  ) {
    this.bases = gateways.map((gateway) => `${loopbackUrl(gateway).origin}/v1`);
  }

  /** The complete address of a path, for links. */
  urlOf(path: string): string {
    return `${this.bases[this.current]}${path}`;
  }

  /** Asks the next gateway if one cannot be reached: reading twice changes nothing. */
  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const used = this.current;
      try {
        return await this.send<T>('GET', path, undefined, { signal });
      } catch (error) {
        const isUnreachable = error instanceof ApiError && error.status === 0;
        if (!isUnreachable || attempt >= this.bases.length) {
          throw error;
        }
        // Another request may have moved on from this gateway already.
        if (this.current === used) {
          this.current = (used + 1) % this.bases.length;
        }
      }
    }
  }

  /** Throws ApiError. */
  async send<T>(method: Method, path: string, body?: unknown, options?: RequestOptions): Promise<T> {
    const response = await this.request(method, path, body, options);
    const answer: unknown = await response.json().catch(() => {
      throw new ApiError(0, this.texts.noJson(response.status), response.status);
    });
    const { error } = answer as ErrorBody;
    if (error !== undefined) {
      throw new ApiError(error.code, error.message, response.status);
    }
    return answer as T;
  }

  /** A file, such as an export. Throws ApiError. */
  async download(path: string): Promise<Blob> {
    const response = await this.request('GET', path);
    await assertOk(response);
    return response.blob();
  }

  /** Whether a file can be downloaded: a page that navigates to it would be replaced by the error. Throws ApiError. */
  async assertReadable(path: string): Promise<void> {
    const response = await this.request('GET', path);
    await assertOk(response);
    await response.body?.cancel();
  }

  private async request(
    method: Method,
    path: string,
    body?: unknown,
    { signal, ifVersion }: RequestOptions = {},
  ): Promise<Response> {
    try {
      return await fetch(this.urlOf(path), {
        method,
        credentials: 'include',
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(ifVersion === undefined ? {} : { 'if-match': `"${ifVersion}"` }),
        },
        ...(signal === undefined ? {} : { signal }),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      if (signal?.aborted === true) {
        throw error;
      }
      throw new ApiError(0, this.texts.unreachable);
    }
  }
}

async function assertOk(response: Response): Promise<void> {
  if (!response.ok) {
    const { error } = (await response.json()) as ErrorBody;
    throw new ApiError(error?.code ?? 0, error?.message ?? response.statusText, response.status);
  }
}
