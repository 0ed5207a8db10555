import { createHash, timingSafeEqual } from 'node:crypto';

const minTokenLength = 16;
const namePattern = /^[0-9A-Za-z_.@-]{1,64}$/;

/** The credentials of admins: one token per name. Only hashes are stored. */
export class AdminTokens {
  private constructor(private readonly admins: readonly { actor: string; hash: Buffer }[]) {}

  /**
   * Parses `alice:token1,bob:token2`. Throws if an entry is invalid, naming the entry and never the token.
   */
  static parse(text: string): AdminTokens {
    const entries = text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
    const admins = entries.map((entry, index) => {
      const colon = entry.indexOf(':');
      const actor = entry.slice(0, Math.max(colon, 0));
      if (!namePattern.test(actor)) {
        throw new Error(`entry ${index + 1} has no usable name before its colon`);
      }
      const token = entry.slice(colon + 1);
      if (token.length < minTokenLength) {
        // Not by its name: if name and token are swapped, the name is the token.
        throw new Error(`the token of entry ${index + 1} is shorter than ${minTokenLength} characters`);
      }
      return { actor, hash: hash(token) };
    });
    if (new Set(admins.map((admin) => admin.hash.toString('hex'))).size !== admins.length) {
      throw new Error('two entries have the same token: the audit could not tell them apart');
    }
    return new AdminTokens(admins);
  }

  /** Number of admins. */
  get size(): number {
    return this.admins.length;
  }

  /** The name of the token's admin. Compares with every admin, so that the time reveals nothing. */
  findActor(adminToken: string): string | undefined {
    const given = hash(adminToken);
    return this.admins.filter((admin) => timingSafeEqual(admin.hash, given)).map((admin) => admin.actor)[0];
  }
}

function hash(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}
