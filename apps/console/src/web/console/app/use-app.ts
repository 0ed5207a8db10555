import { type UseQueryResult } from '@tanstack/react-query';
import { useRead } from '../api/use-api.js';
import { type AppView, type EntitlementList } from '../api/views.js';

export const pathOfApp = (appId: number): string => `/apps/${appId}`;

export const useApp = (appId: number): UseQueryResult<AppView> =>
  useRead(pathOfApp(appId), { select: ({ app }: { app: AppView }) => app });

export const useEntitlements = (appId: number): UseQueryResult<EntitlementList> =>
  useRead(`${pathOfApp(appId)}/entitlements`, { live: true });
