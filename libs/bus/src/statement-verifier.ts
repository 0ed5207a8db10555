import { setTimeout as delay } from 'node:timers/promises';
import { ReadCache } from '@polyroom/async';
import {
  AppError,
  type Authority,
  authRpc,
  permissionList,
  type RequiredAuthority,
  statementLifetimeSeconds,
} from '@polyroom/contracts';
import { assertInForce, importStatementKey, type VerifiedStatement, verifyStatement } from '@polyroom/tokens';
import { type Bus } from './bus.js';

/** Forged key IDs make a process read the keys no more often than this. */
const minReadIntervalMs = 1000;

interface LiveKey {
  key: Awaited<ReturnType<typeof importStatementKey>>;
  notAfterMs: number;
}

/**
 * Verifies the statements that come with privileged requests. The public keys are read from auth when a statement
 * names an unknown one. A verified statement is remembered, so that several requests cost one check.
 */
export class StatementVerifier {
  private keys: ReadonlyMap<string, LiveKey> = new Map();
  private reading: Promise<void> | undefined;
  private lastReadMs = -minReadIntervalMs;
  private readonly verified: ReadCache<string, VerifiedStatement>;

  constructor(private readonly bus: Pick<Bus, 'request'>) {
    this.verified = new ReadCache({
      read: (statement) => verifyStatement(statement, (kid) => this.findKey(kid)),
      ttlMs: statementLifetimeSeconds * 1000,
    });
  }

  /**
   * Returns the authority of a request. Throws AUTHORITY_INVALID if the statement is missing, forged or expired,
   * or if it is for another permission or AppID.
   */
  async verify(
    statement: string | undefined,
    { permission, appIdsOf = readAppId }: RequiredAuthority,
    request: unknown,
  ): Promise<Authority> {
    if (statement === undefined) {
      throw refused('no statement');
    }
    const verified = await this.verified.get(statement);
    assertInForce(verified);
    const { authority } = verified;
    if (authority.permission !== permission) {
      throw refused(`the statement is for ${authority.permission}, not for ${permission}`);
    }
    const appIds = permissionList[permission].scope === 'app' ? appIdsOf(request) : [undefined];
    if (appIds.some((appId) => appId !== authority.appId)) {
      throw refused('the statement is for another AppID');
    }
    return authority;
  }

  /** Reads the keys at most twice: a read in progress may have begun before the key existed. */
  private async findKey(kid: string): Promise<LiveKey['key'] | undefined> {
    for (let reads = 0; !this.keys.has(kid) && reads < 2; reads++) {
      this.reading ??= this.readKeys().finally(() => (this.reading = undefined));
      await this.reading;
    }
    const found = this.keys.get(kid);
    return found === undefined || found.notAfterMs < Date.now() ? undefined : found.key;
  }

  private async readKeys(): Promise<void> {
    await delay(Math.max(0, this.lastReadMs + minReadIntervalMs - performance.now()), undefined, {
      ref: false,
    });
    this.lastReadMs = performance.now();
    const { keys } = await this.bus.request(authRpc.getStatementKeys, {});
    this.keys = new Map(
      await Promise.all(
        keys.map(
          async (key) =>
            [key.kid, { key: await importStatementKey(key), notAfterMs: key.notAfterMs }] as const,
        ),
      ),
    );
  }
}

function readAppId(request: unknown): number[] {
  return [(request as { appId: number }).appId];
}

function refused(reason: string): AppError {
  return new AppError('AUTHORITY_INVALID', { cause: new Error(reason) });
}
