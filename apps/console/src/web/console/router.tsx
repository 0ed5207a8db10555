import { Box } from '@mantine/core';
import { type QueryClient } from '@tanstack/react-query';
import {
  createHashHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { sessionResource } from './access.js';
import { type Api, ApiError, codes } from './api/api.js';
import { type OperatorView } from './api/views.js';
import { isRoomTab, type RoomTab } from './room/room-tabs.js';
import { Shell } from './shell/shell.js';
import { Failed, Loading } from './ui/states.js';
import { UnknownPage } from './shell/unknown-page.js';

interface Context {
  api: Api;
  queryClient: QueryClient;
}

/** The operator, undefined without a session. */
async function readOperator({ api, queryClient }: Context): Promise<OperatorView | undefined> {
  try {
    return (await queryClient.query({ ...sessionResource(api), staleTime: 'static' })).operator;
  } catch (error) {
    if (error instanceof ApiError && error.code === codes.noSession) {
      return undefined;
    }
    throw error;
  }
}

const rootRoute = createRootRouteWithContext<Context>()({
  component: Outlet,
  // Outside of the frame that gives pages their space.
  notFoundComponent: () => (
    <Box component="main" p="lg">
      <UnknownPage />
    </Box>
  ),
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: ({ next }: Record<string, unknown>): { next?: string } =>
    typeof next === 'string' && next.startsWith('/') ? { next } : {},
  component: lazyRouteComponent(() => import('./sign-in/sign-in-page.js'), 'SignInPage'),
});

const firstPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/first-password',
  component: lazyRouteComponent(() => import('./sign-in/first-password-page.js'), 'FirstPasswordPage'),
});

/** The pages of an operator who is signed in. */
const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    const operator = await readOperator(context);
    if (operator === undefined) {
      redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href }, throw: true });
    } else if (operator.mustChangePassword) {
      redirect({ to: '/first-password', throw: true });
    }
  },
  component: Shell,
});

const indexRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  beforeLoad: () => {
    redirect({ to: '/apps', throw: true });
  },
});

const page = <Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => shellRoute, path, component });

const appRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/apps/$appId',
  params: {
    parse: ({ appId }) => ({ appId: Number(appId) }),
    stringify: ({ appId }) => ({ appId: String(appId) }),
  },
});

const appPage = <Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => appRoute, path, component });

const roomRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/rooms/$roomId',
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: RoomTab } => (isRoomTab(tab) ? { tab } : {}),
  component: lazyRouteComponent(() => import('./room/room-page.js'), 'RoomPage'),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  firstPasswordRoute,
  shellRoute.addChildren([
    indexRoute,
    page(
      '/apps',
      lazyRouteComponent(() => import('./apps/apps-page.js'), 'AppsPage'),
    ),
    page(
      '/account',
      lazyRouteComponent(() => import('./account/account-page.js'), 'AccountPage'),
    ),
    page(
      '/operators',
      lazyRouteComponent(() => import('./operators/operators-page.js'), 'OperatorsPage'),
    ),
    page(
      '/health',
      lazyRouteComponent(() => import('./health/health-page.js'), 'HealthPage'),
    ),
    page(
      '/audit',
      lazyRouteComponent(() => import('./audit/audit-pages.js'), 'AuditPage'),
    ),
    appRoute.addChildren([
      appPage(
        '/',
        lazyRouteComponent(() => import('./app/overview-page.js'), 'OverviewPage'),
      ),
      appPage(
        '/limits',
        lazyRouteComponent(() => import('./app/limits-page.js'), 'LimitsPage'),
      ),
      appPage(
        '/credentials',
        lazyRouteComponent(() => import('./credentials/credentials-page.js'), 'CredentialsPage'),
      ),
      appPage(
        '/api-keys',
        lazyRouteComponent(() => import('./api-keys/api-keys-page.js'), 'ApiKeysPage'),
      ),
      appPage(
        '/rooms',
        lazyRouteComponent(() => import('./rooms/rooms-page.js'), 'RoomsPage'),
      ),
      roomRoute,
      appPage(
        '/users',
        lazyRouteComponent(() => import('./users/users-page.js'), 'UsersPage'),
      ),
      appPage(
        '/users/$userId',
        lazyRouteComponent(() => import('./users/user-page.js'), 'UserPage'),
      ),
      appPage(
        '/bans',
        lazyRouteComponent(() => import('./bans/bans-page.js'), 'BansPage'),
      ),
      appPage(
        '/recordings',
        lazyRouteComponent(() => import('./recordings/recordings-page.js'), 'RecordingsPage'),
      ),
      appPage(
        '/usage',
        lazyRouteComponent(() => import('./usage/usage-page.js'), 'UsagePage'),
      ),
      appPage(
        '/token-maker',
        lazyRouteComponent(() => import('./token-maker/token-maker-page.js'), 'TokenMakerPage'),
      ),
      appPage(
        '/webhooks',
        lazyRouteComponent(() => import('./webhooks/webhooks-page.js'), 'WebhooksPage'),
      ),
      appPage(
        '/webhooks/$endpointId',
        lazyRouteComponent(() => import('./webhooks/webhook-page.js'), 'WebhookPage'),
      ),
      appPage(
        '/audit',
        lazyRouteComponent(() => import('./audit/audit-pages.js'), 'AppAuditPage'),
      ),
    ]),
  ]),
]);

/** Hash addresses: the page works under any path of a proxy, and needs no rewriting of paths. */
export function createConsoleRouter(context: Context) {
  return createRouter({
    routeTree,
    context,
    history: createHashHistory(),
    defaultPreload: 'intent',
    defaultPendingComponent: Loading,
    defaultErrorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
    defaultNotFoundComponent: UnknownPage,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
