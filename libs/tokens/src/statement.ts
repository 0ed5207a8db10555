import { randomUUID } from 'node:crypto';
import {
  AppError,
  appIdSchema,
  type Authority,
  type authRpc,
  permissionSchema,
  statementLifetimeSeconds,
} from '@polyroom/contracts';
import { CompactSign, compactVerify, type CryptoKey, exportJWK, generateKeyPair, importJWK } from 'jose';
import { z } from 'zod';

/** Fixed: the `alg` header of a statement is never trusted. */
const algorithm = 'EdDSA';
const type = 'polyroom-authority';
/** The clocks of two machines may differ by this much. */
const clockSkewMs = 5000;

type PublicKey = CryptoKey | Uint8Array;

const claimsSchema = z.strictObject({
  sub: z.string().min(1).max(128),
  kind: z.enum(['operator', 'apiKey']),
  perm: permissionSchema,
  app: appIdSchema.optional(),
  exp: z.number().int(),
});

/** A statement whose signature is genuine. */
export interface VerifiedStatement {
  authority: Authority;
  expiresAtMs: number;
}

/** Signs statements with an Ed25519 key that never leaves the process. */
export class StatementSigner {
  private constructor(
    private readonly privateKey: CryptoKey,
    /** For the verifiers. */
    readonly publicKey: authRpc.StatementKey,
  ) {}

  /** Makes a new key, which is accepted until `notAfterMs`. */
  static async create(notAfterMs = Date.now() + 3_600_000): Promise<StatementSigner> {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { crv: 'Ed25519' });
    const { x = '' } = await exportJWK(publicKey);
    return new StatementSigner(privateKey, { kid: randomUUID(), x, notAfterMs });
  }

  sign({ actor, kind, permission, appId }: Authority, nowMs = Date.now()): Promise<string> {
    const claims = claimsSchema.parse({
      sub: actor,
      kind,
      perm: permission,
      ...(appId === undefined ? {} : { app: appId }),
      exp: Math.floor(nowMs / 1000) + statementLifetimeSeconds,
    });
    return new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: algorithm, typ: type, kid: this.publicKey.kid })
      .sign(this.privateKey);
  }
}

/** Makes the key of a verifier. */
export function importStatementKey({ x }: authRpc.StatementKey): Promise<PublicKey> {
  return importJWK({ kty: 'OKP', crv: 'Ed25519', x }, algorithm);
}

/**
 * Verifies the signature and the expiry of a statement; `findKey` returns undefined for an unknown key ID.
 * Throws AUTHORITY_INVALID.
 */
export async function verifyStatement(
  statement: string,
  findKey: (kid: string) => Promise<PublicKey | undefined>,
  nowMs = Date.now(),
): Promise<VerifiedStatement> {
  const { payload, protectedHeader } = await compactVerify(
    statement,
    async ({ kid }) => {
      const key = kid === undefined ? undefined : await findKey(kid);
      if (key === undefined) {
        throw new UnknownKeyError('no live key has this ID');
      }
      return key;
    },
    { algorithms: [algorithm] },
  ).catch((error: unknown) => {
    // The keys could not be read: the caller may try again.
    throw error instanceof AppError ? error : refused(error);
  });
  const claims = claimsSchema.safeParse(readJson(payload));
  if (protectedHeader.typ !== type || !claims.success) {
    throw refused(new Error('the signed content is not a statement'));
  }
  const { sub: actor, kind, perm: permission, app: appId, exp } = claims.data;
  const verified = { authority: { actor, kind, permission, appId }, expiresAtMs: exp * 1000 };
  assertInForce(verified, nowMs);
  return verified;
}

/** Throws AUTHORITY_INVALID if the statement has expired, or is valid for longer than any may be. */
export function assertInForce({ expiresAtMs }: VerifiedStatement, nowMs = Date.now()): void {
  if (expiresAtMs + clockSkewMs <= nowMs) {
    throw refused(new Error('the statement has expired'));
  }
  if (expiresAtMs - statementLifetimeSeconds * 1000 - clockSkewMs > nowMs) {
    throw refused(new Error('the statement is valid for too long'));
  }
}

class UnknownKeyError extends Error {}

function refused(cause: unknown): AppError {
  return new AppError('AUTHORITY_INVALID', { cause });
}

function readJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
}
