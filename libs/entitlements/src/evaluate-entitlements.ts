import { type Entitlements, entitlementsSchema } from '@polyroom/contracts';
import { entitlementList, entitlementNames, isEntitlementName } from './entitlement-list.js';
import { parseEntitlementValue } from './parse-entitlement-value.js';

/** A stored override, as read from the database. */
export interface EntitlementRow {
  name: string;
  value: unknown;
}

/** The entitlements of an AppID without rows. */
export const defaultEntitlements: Entitlements = entitlementsSchema.parse(
  Object.fromEntries(entitlementNames.map((name) => [name, entitlementList[name].default])),
);

/**
 * Returns the effective entitlements: the rows over the defaults. Ignores a row with an unknown name, which a
 * newer build may have written during a rolling update. Throws on a row with an invalid value: a limit that
 * cannot be read must refuse rather than fall back to a wider one.
 */
export function evaluateEntitlements(rows: readonly EntitlementRow[]): Entitlements {
  const overrides = rows
    .filter((row) => isEntitlementName(row.name))
    .map((row) => parseEntitlementValue(row.name, row.value))
    .map(({ name, value }) => [name, value] as const);
  return entitlementsSchema.parse({ ...defaultEntitlements, ...Object.fromEntries(overrides) });
}
