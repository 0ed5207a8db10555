import { type Grants, namesRoom } from '@polyroom/contracts';
import { type Membership } from './membership.js';

/**
 * Whether a token that a client presents replaces the present one in a room. The newest token by its issue time
 * counts, if it names the room. An AppSign is not a token: it does not expire, and no token replaces it here.
 */
export function isSuperseded(present: Grants, shown: Grants, roomId: string): boolean {
  return (
    present.issuedAtMs !== undefined &&
    shown.issuedAtMs !== undefined &&
    shown.issuedAtMs >= present.issuedAtMs &&
    namesRoom(shown, roomId)
  );
}

/** The grants for a room that is entered with `shown`: those, or of a newer valid token of the session. */
export function chooseToken(shown: Grants, memberships: Iterable<Membership>, roomId: string): Grants {
  let newest = shown;
  for (const membership of memberships) {
    const isNewer = membership.token.issuedAtMs !== newest.issuedAtMs && !membership.hasExpired();
    if (isNewer && isSuperseded(newest, membership.token, roomId)) {
      newest = membership.token;
    }
  }
  return newest;
}
