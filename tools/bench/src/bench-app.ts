import { type Cluster } from '@polyroom/cluster';

interface AppLimits {
  maxRoomsPerUser: number;
  /** Entitlements without a limit, where that of the AppID would end the measurement. */
  unlimited: readonly string[];
}

/** Creates an AppID with multi-room login; resolves to its AppSign. */
export async function createBenchApp(
  { admin }: Cluster,
  appId: number,
  { maxRoomsPerUser, unlimited }: AppLimits,
): Promise<string> {
  const { appSign } = await admin.createApp({ appId, name: 'bench', credentialKinds: ['appSign'] });
  await admin.setEntitlement(appId, 'multiRoom', true);
  for (const name of unlimited) {
    await admin.setEntitlement(appId, name, 0);
  }
  await admin.setEntitlement(appId, 'maxRoomsPerUser', maxRoomsPerUser);
  return appSign;
}

/** The entitlements that bound how many users there are, and how fast they come. */
export const limitsOfUsers = ['loginsPerSecond', 'maxUsers', 'maxRooms', 'maxSessions'];
