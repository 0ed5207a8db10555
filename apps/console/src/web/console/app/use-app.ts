import { type UseQueryResult } from '@tanstack/react-query';
import { useAccess } from '../access.js';
import { useRead } from '../api/use-api.js';
import { type AppView, type EntitlementView } from '../api/views.js';

export const pathOfApp = (appId: number): string => `/apps/${appId}`;

/** The list of all AppIDs has it; with roles for single AppIDs, the list is refused. */
export const useApp = (appId: number): UseQueryResult<AppView | undefined> =>
  useRead(useAccess().can('apps:read') ? '/apps' : undefined, {
    select: ({ apps }: { apps: AppView[] }) => apps.find((app) => app.appId === appId),
  });

export const useEntitlements = (appId: number): UseQueryResult<EntitlementView[]> =>
  useRead(`${pathOfApp(appId)}/entitlements`, {
    live: true,
    select: ({ entitlements }: { entitlements: EntitlementView[] }) => entitlements,
  });
