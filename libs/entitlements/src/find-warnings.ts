import { type EntitlementName, type Entitlements } from '@polyroom/contracts';

/** Fewer rooms are rarely meant for a whole AppID; more are rarely meant for one user. */
const plausibleRooms = { ofAnApp: 50, ofAUser: 200 };

/** Why a value that was just set may be a mistake. `entitlements` contain it. */
export function findWarnings(
  changed: EntitlementName,
  { maxRooms, maxRoomsPerUser }: Pick<Entitlements, 'maxRooms' | 'maxRoomsPerUser'>,
): string[] {
  if (changed !== 'maxRooms' && changed !== 'maxRoomsPerUser') {
    return [];
  }
  const warnings: string[] = [];
  if (maxRooms > 0 && maxRooms < maxRoomsPerUser) {
    warnings.push(
      `maxRooms (${maxRooms}) is below maxRoomsPerUser (${maxRoomsPerUser}): all users of the AppID together may have fewer rooms than one of them.`,
    );
  }
  if (changed === 'maxRooms' && maxRooms > 0 && maxRooms < plausibleRooms.ofAnApp) {
    warnings.push(
      `maxRooms limits the rooms of all users of the AppID together, to ${maxRooms}. The rooms of one user are limited by maxRoomsPerUser (${maxRoomsPerUser}).`,
    );
  }
  if (changed === 'maxRoomsPerUser' && maxRoomsPerUser > plausibleRooms.ofAUser) {
    warnings.push(
      `maxRoomsPerUser limits the rooms of one user, to ${maxRoomsPerUser}. The rooms of all users of the AppID together are limited by maxRooms.`,
    );
  }
  return warnings;
}
