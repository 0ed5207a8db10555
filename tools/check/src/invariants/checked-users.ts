import { randomInt } from 'node:crypto';
import { type AdminClient } from '@polyroom/cluster';
import { type DevicePolicy, type RoomMode } from '@polyroom/contracts';
import { type CheckedUser } from './history.js';

/** The rules of one AppID, and the number of its users. */
export interface AppPlan {
  policy: DevicePolicy;
  mode: RoomMode;
  limit: number;
  users: number;
}

/** Creates an AppID for each plan; its users log in with its AppSign. */
export async function createCheckedUsers(
  admin: AdminClient,
  plans: readonly AppPlan[],
): Promise<CheckedUser[]> {
  const created: CheckedUser[] = [];
  for (const [index, { policy, mode, limit, users }] of plans.entries()) {
    const appId = randomInt(1, 0xffffffff);
    const { appSign } = await admin.createApp({
      appId,
      name: `check ${index}`,
      credentialKinds: ['appSign'],
    });
    await admin.setEntitlement(appId, 'multiRoom', true);
    await admin.setEntitlement(appId, 'loginsPerSecond', 0);
    await admin.setEntitlement(appId, 'maxRoomsPerUser', limit);
    await admin.setEntitlement(appId, 'devicePolicy', policy);
    for (let user = 0; user < users; user++) {
      const userId = `${policy}-${mode}-${user}`;
      created.push({ appId, appSign, userId, mode, policy, limit: mode === 'single' ? 1 : limit });
    }
  }
  return created;
}
