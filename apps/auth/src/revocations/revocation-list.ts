import { isRevokedBy, isToken, type Revocation, type TokenIdentity } from '@polyroom/contracts';

/** The revocations of an AppID, indexed: a token is checked on every login. */
export class RevocationList {
  private readonly byTokenId = new Map<string, Revocation[]>();
  /** The latest time of each user, and under undefined that of all users. */
  private readonly byUser = new Map<string | undefined, Revocation>();
  readonly readAtMs = performance.now();

  /** `version`: the list has all revocations of the AppID up to it. */
  constructor(
    readonly version: number,
    revocations: readonly Revocation[],
  ) {
    revocations.forEach((revocation) => this.add(revocation));
  }

  isRevoked(userId: string, token: TokenIdentity): boolean {
    const { tokenId } = token;
    const candidates = [
      this.byUser.get(undefined),
      this.byUser.get(userId),
      ...(tokenId === undefined ? [] : (this.byTokenId.get(tokenId) ?? [])),
    ];
    return (
      isToken(token) &&
      candidates.some((revocation) => revocation !== undefined && isRevokedBy(revocation, userId, token))
    );
  }

  private add(revocation: Revocation): void {
    const { tokenId, userId } = revocation;
    if (tokenId === undefined) {
      this.byUser.set(userId, revocation);
    } else {
      this.byTokenId.set(tokenId, [...(this.byTokenId.get(tokenId) ?? []), revocation]);
    }
  }
}
