import { Injectable } from '@nestjs/common';
import { AppError } from '@polyroom/contracts';

interface OriginRequest {
  method: string;
  headers: { origin?: string | undefined };
}

/** The web pages that may use the sessions of operators, beside the attribute SameSite of their cookies. */
@Injectable()
export class ConsoleOrigins {
  private readonly origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.origins = new Set(origins);
  }

  has(origin: string | undefined): boolean {
    return origin !== undefined && this.origins.has(origin);
  }

  /**
   * Throws ADMIN_ORIGIN_REFUSED if the request may change something and comes from another page. Browsers state the
   * origin of each such request. `requireOrigin`: also if there is none.
   */
  check({ method, headers: { origin } }: OriginRequest, requireOrigin: boolean): void {
    const isRead = method === 'GET' || method === 'HEAD';
    const isMissing = origin === undefined;
    if (isMissing ? requireOrigin && !isRead : !this.has(origin)) {
      throw new AppError('ADMIN_ORIGIN_REFUSED');
    }
  }
}
