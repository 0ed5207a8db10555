import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { toClientNetwork } from '@polyroom/addresses';
import { LOGGER } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { type Logger } from 'pino';

/** One row per address and cause in this time; further failures are counted in one more row at its end. */
const windowMs = 60_000;
/** Causes with rows of their own in one window; failures from further addresses share a row. */
const maxCauses = 100;
const unknown = 'unknown';
const otherAddresses = 'other addresses';

export interface FailedSignIn {
  clientAddress: string | undefined;
  requestId: string | undefined;
  reason: string;
  /** Set if the secret of the API key was right. */
  apiKey?: { keyId: string; appId: number } | undefined;
}

interface Cause {
  address: string;
  reason: string;
  actor: string;
  appId: number | undefined;
}

/**
 * Records failed sign-ins of operators and application servers. They need no credential, so the number of rows is
 * bounded: the first failure of an address is stored before it is answered, those that follow within a minute are
 * stored as a number. Those of a valid API key belong to its AppID.
 */
@Injectable()
export class SignInFailures implements BeforeApplicationShutdown {
  /** Failures after the first one, which has a row of its own. */
  private counted = new Map<string, { cause: Cause; more: number }>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async add({ clientAddress, requestId, reason, apiKey }: FailedSignIn): Promise<void> {
    const { keyId: actor = unknown, appId } = apiKey ?? {};
    const network = clientAddress === undefined ? 'unknown address' : toClientNetwork(clientAddress);
    const own = { address: network, reason, actor, appId };
    const isKnown = this.counted.has(keyOf(own));
    const cause = isKnown || this.counted.size < maxCauses ? own : { ...own, address: otherAddresses };
    const counted = this.counted.get(keyOf(cause));
    if (counted !== undefined) {
      counted.more += 1;
      return;
    }
    this.counted.set(keyOf(cause), { cause, more: 0 });
    this.timer ??= setTimeout(() => void this.flush(), windowMs).unref();
    await this.store(
      { ...cause, address: cause === own ? (clientAddress ?? network) : otherAddresses },
      requestId,
      1,
    );
  }

  /** Stores the numbers of failures that have no row yet. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const ended = [...this.counted.values()].filter(({ more }) => more > 0);
    this.counted = new Map();
    for (const { cause, more } of ended) {
      await this.store(cause, undefined, more);
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** If the database is away, the log has the failure: the sign-in is refused as usual. */
  private async store(cause: Cause, requestId: string | undefined, failures: number): Promise<void> {
    const { actor, appId, address, reason } = cause;
    const row = { action: 'admin.signIn', outcome: 'refused', subject: 'REST API' };
    try {
      await this.database.audit.record([
        { ...row, actor, appId, address, requestId, after: { reason, failures } },
      ]);
    } catch (error) {
      this.logger.error({ err: error, ...cause, failures }, 'failed sign-in not recorded');
    }
  }
}

function keyOf({ address, reason, actor, appId }: Cause): string {
  return JSON.stringify([address, reason, actor, appId]);
}
