import { AppError, type EntitlementName, type Entitlements } from '@polyroom/contracts';
import {
  entitlementList,
  type EntitlementSpec,
  isEntitlementName,
  isUserEntitlementName,
} from './entitlement-list.js';

/** The name of an entitlement with a valid value. */
export type EntitlementValue = {
  [Name in EntitlementName]: { name: Name; value: Entitlements[Name] };
}[EntitlementName];

function suits(spec: EntitlementSpec, value: unknown): boolean {
  switch (spec.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value) && Number(value) >= spec.min && Number(value) <= spec.max;
    case 'choice':
      return typeof value === 'string' && spec.choices.includes(value);
  }
}

function expectationOf(spec: EntitlementSpec): Record<string, unknown> {
  switch (spec.type) {
    case 'boolean':
      return { type: spec.type };
    case 'integer':
      return { type: spec.type, min: spec.min, max: spec.max };
    case 'choice':
      return { type: spec.type, choices: spec.choices };
  }
}

/** Checks a name against the list. Throws ADMIN_ENTITLEMENT_UNKNOWN. */
export function parseEntitlementName(name: string): EntitlementName {
  if (!isEntitlementName(name)) {
    throw new AppError('ADMIN_ENTITLEMENT_UNKNOWN', { details: { name } });
  }
  return name;
}

/**
 * Checks a value against the list without conversion: `"true"` and `1` are not booleans. Throws
 * ADMIN_ENTITLEMENT_UNKNOWN, or ADMIN_ENTITLEMENT_VALUE_INVALID with the allowed values.
 */
export function parseEntitlementValue(name: string, value: unknown): EntitlementValue {
  const known = parseEntitlementName(name);
  const spec: EntitlementSpec = entitlementList[known];
  if (!suits(spec, value)) {
    throw new AppError('ADMIN_ENTITLEMENT_VALUE_INVALID', {
      details: { name: known, ...expectationOf(spec) },
    });
  }
  return { name: known, value } as EntitlementValue;
}

/** Checks the name of a value for one user. Throws as above; for one that is not for users ADMIN_ENTITLEMENT_VALUE_INVALID. */
export function parseUserEntitlementName(name: string): EntitlementName {
  const known = parseEntitlementName(name);
  if (!isUserEntitlementName(known)) {
    throw new AppError('ADMIN_ENTITLEMENT_VALUE_INVALID', {
      message: 'The entitlement cannot be set for single users: set it for the AppID.',
      details: { path: 'name', name: known },
    });
  }
  return known;
}
