import { type OperatorGrant, operatorGrantSchema } from '@polyroom/contracts';

/** Parses `group=role` or `group=role:AppID`, separated by commas. */
export function parseRoles(text: string): ReadonlyMap<string, OperatorGrant[]> {
  const grantsOf = new Map<string, OperatorGrant[]>();
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length === 0) {
    throw new Error('has no entry');
  }
  for (const entry of entries) {
    const [, group, role, appId] = /^(.+)=([a-z]+)(?::(\d{1,10}))?$/.exec(entry) ?? [];
    const grant = operatorGrantSchema.safeParse({
      role,
      ...(appId === undefined ? {} : { appId: Number(appId) }),
    });
    if (group === undefined || !grant.success) {
      throw new Error(
        `entry ${entry} is not group=role or group=role:AppID; the roles are owner (without AppID), operator and viewer`,
      );
    }
    grantsOf.set(group, [...(grantsOf.get(group) ?? []), grant.data]);
  }
  return grantsOf;
}
