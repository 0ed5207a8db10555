export {
  type EntitlementSpec,
  entitlementList,
  entitlementNames,
  isEntitlementName,
  userEntitlementNames,
} from './entitlement-list.js';
export {
  type EntitlementRow,
  defaultEntitlements,
  evaluateEntitlements,
  evaluateUsers,
  isInForce,
  type UserEntitlementRow,
  type UserValues,
} from './evaluate-entitlements.js';
export { findWarnings } from './find-warnings.js';
export {
  type EntitlementValue,
  parseEntitlementName,
  parseEntitlementValue,
  parseUserEntitlementName,
} from './parse-entitlement-value.js';
