import { grantsAllow, type OperatorGrant, type Permission } from '@polyroom/contracts/authority';
import { useQuery } from '@tanstack/react-query';
import { type Resource, resource, useServices } from './api/use-api.js';
import { type Api } from './api/api.js';
import { type OperatorView } from './api/views.js';

/** The operator of the session; refused without one. */
export const sessionResource = (api: Api): Resource<{ operator: OperatorView }> => resource(api, '/session');

/** Roles change seldom, and the API has the last word. */
const sessionStaleMs = 30_000;

export function useOperator(): OperatorView | undefined {
  const { api } = useServices();
  return useQuery({ ...sessionResource(api), staleTime: sessionStaleMs }).data?.operator;
}

/** What the operator may do, by the same rules as the API: pages leave out what would be refused. */
export interface Access {
  can(permission: Permission, appId?: number): boolean;
  grants: readonly OperatorGrant[];
}

export function useAccess(): Access {
  const grants = useOperator()?.grants ?? [];
  return { grants, can: (permission, appId) => grantsAllow(grants, permission, appId) };
}
