import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ReadCache } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { authRpc, type ReplyOf, type RequestOf } from '@polyroom/contracts';

type Authorization = ReplyOf<typeof authRpc.authorize>;
type AuthorizeRequest = RequestOf<typeof authRpc.authorize>;

/** Bounds how long a credential works after it was revoked if the event that announces it is lost. */
const ttlMs = 1000;

/**
 * Statements of the credentials that were used within the last second, so that a burst of requests asks auth once.
 * Credentials are remembered as hashes. A refusal is not remembered.
 */
@Injectable()
export class Statements {
  private readonly pending = new Map<string, AuthorizeRequest>();
  private readonly statements: ReadCache<string, Authorization>;

  constructor(bus: Bus) {
    this.statements = new ReadCache({
      read: (key) => bus.request(authRpc.authorize, this.pending.get(key)!),
      ttlMs,
    });
  }

  /** Throws the error with which auth refuses the credential. */
  get(request: AuthorizeRequest): Promise<Authorization> {
    const { credential, permission, appId } = request;
    const hash = createHash('sha256').update(credential, 'utf8').digest('base64url');
    const key = `${hash} ${permission} ${appId ?? ''}`;
    this.pending.set(key, request);
    try {
      return this.statements.get(key);
    } finally {
      this.pending.delete(key);
    }
  }
}
