import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { AppError, operatorSessionRpc } from '@polyroom/contracts';
import { type ZxcvbnFactory } from '@zxcvbn-ts/core';

/** Argon2id, the library's default, with the minimum that OWASP recommends: 19 MiB, 2 passes, 1 thread. */
const hashOptions = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password, hashOptions);
export const verifyPassword = (password: string, passwordHash: string): Promise<boolean> =>
  verify(passwordHash, password);

/** 120 random bits. */
export const createTemporaryPassword = (): string => randomBytes(15).toString('base64url');

/** Its dictionaries take memory, and few processes ever check a new password: they are loaded with the first one. */
let estimator: Promise<ZxcvbnFactory> | undefined;

async function loadEstimator(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
}

/** From 0 to 4; 3 = safely unguessable. */
const minScore = 3;

/** Throws ADMIN_PASSWORD_WEAK. `ownWords` are easy to guess in this account, such as its name. */
export async function checkNewPassword(password: string, ownWords: readonly string[]): Promise<void> {
  const { minChars } = operatorSessionRpc.passwordBounds;
  if ([...password].length < minChars) {
    throw new AppError('ADMIN_PASSWORD_WEAK', {
      message: `The new password has fewer than ${minChars} characters.`,
      details: { path: 'newPassword', minChars },
    });
  }
  const words = ['polyroom', ...ownWords.flatMap((word) => [word, ...word.split(/[^0-9A-Za-z]+/)])];
  estimator ??= loadEstimator();
  if ((await estimator).check(password, words.filter(Boolean)).score < minScore) {
    throw new AppError('ADMIN_PASSWORD_WEAK', {
      message: 'The new password is too easy to guess: use several unrelated words.',
      details: { path: 'newPassword' },
    });
  }
}
