import { type Entitlements, entitlementsSchema } from '@polyroom/contracts';
import { entitlementList, entitlementNames, isEntitlementName } from './entitlement-list.js';
import { parseEntitlementValue } from './parse-entitlement-value.js';

/** A stored override, as the database gives it. */
export interface EntitlementRow {
  name: string;
  value: unknown;
}

/** What holds for an AppID without rows. */
export const defaultEntitlements: Entitlements = entitlementsSchema.parse(
  Object.fromEntries(entitlementNames.map((name) => [name, entitlementList[name].default])),
);

/**
 * What is in force: the rows over the defaults. A row whose name this build does not know is passed over: a
 * newer build may have written it during a rolling update. A row with a value that breaks the rules throws,
 * because a limit that cannot be read must refuse rather than fall back to something wider.
 */
export function evaluateEntitlements(rows: readonly EntitlementRow[]): Entitlements {
  const overrides = rows
    .filter((row) => isEntitlementName(row.name))
    .map((row) => parseEntitlementValue(row.name, row.value))
    .map(({ name, value }) => [name, value] as const);
  return entitlementsSchema.parse({ ...defaultEntitlements, ...Object.fromEntries(overrides) });
}
