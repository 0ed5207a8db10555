/**
 * Roles and permissions, for pages: the same rules as in the services. No module here may import a schema, which would add
 * Zod to the page.
 */
export { type Permission, permissionList, grantablePermissions } from './permissions.js';
export { grantsAllow, type OperatorGrant, type Role, roleNames } from './roles.js';
