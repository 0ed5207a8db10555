export {
  type EntitlementSpec,
  entitlementList,
  entitlementNames,
  isEntitlementName,
} from './entitlement-list.js';
export { type EntitlementRow, defaultEntitlements, evaluateEntitlements } from './evaluate-entitlements.js';
export {
  type EntitlementValue,
  parseEntitlementName,
  parseEntitlementValue,
} from './parse-entitlement-value.js';
