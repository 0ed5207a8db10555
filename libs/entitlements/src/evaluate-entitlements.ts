import { type Entitlements, entitlementsSchema } from '@polyroom/contracts';
import {
  entitlementList,
  entitlementNames,
  isEntitlementName,
  isUserEntitlementName,
} from './entitlement-list.js';
import { parseEntitlementValue } from './parse-entitlement-value.js';

/** A stored value, as read from the database, and when it is in force, in Unix ms. */
export interface EntitlementRow {
  name: string;
  value: unknown;
  /** Omitted: since it was stored. */
  fromMs?: number | undefined;
  /** Omitted: until it is changed. The value is no longer in force at this time. */
  untilMs?: number | undefined;
}

/** A value that replaces the AppID's for one user. */
export interface UserEntitlementRow extends EntitlementRow {
  userId: string;
}

/** The values of a user that replace those of the AppID. */
export interface UserValues {
  userId: string;
  values: Partial<Entitlements>;
}

/** The entitlements of an AppID without rows. */
export const defaultEntitlements: Entitlements = entitlementsSchema.parse(
  Object.fromEntries(entitlementNames.map((name) => [name, entitlementList[name].default])),
);

/** Whether a stored value is in force. */
export function isInForce({ fromMs = 0, untilMs = Infinity }: EntitlementRow, nowMs: number): boolean {
  return fromMs <= nowMs && nowMs < untilMs;
}

/**
 * Returns the entitlements of an AppID: the rows in force over the defaults. Ignores a row with an unknown name, which a
 * newer build may have written during a rolling update. Throws on a row with an invalid value: a limit that
 * cannot be read must refuse rather than fall back to a wider one.
 */
export function evaluateEntitlements(rows: readonly EntitlementRow[], nowMs = Date.now()): Entitlements {
  return entitlementsSchema.parse({ ...defaultEntitlements, ...valuesOf(rows, nowMs) });
}

/** Returns the values of users in force, by the same rules. A name that is not for single users is ignored. */
export function evaluateUsers(rows: readonly UserEntitlementRow[], nowMs = Date.now()): UserValues[] {
  const byUser = new Map<string, UserEntitlementRow[]>();
  for (const row of rows.filter(({ name }) => isUserEntitlementName(name))) {
    byUser.set(row.userId, [...(byUser.get(row.userId) ?? []), row]);
  }
  return [...byUser]
    .map(([userId, own]) => ({ userId, values: valuesOf(own, nowMs) }))
    .filter(({ values }) => Object.keys(values).length > 0);
}

function valuesOf(rows: readonly EntitlementRow[], nowMs: number): Partial<Entitlements> {
  const values = rows
    .filter((row) => isEntitlementName(row.name) && isInForce(row, nowMs))
    .map((row) => parseEntitlementValue(row.name, row.value))
    .map(({ name, value }) => [name, value] as const);
  return Object.fromEntries(values);
}
