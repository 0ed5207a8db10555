import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type PageConfig } from '../page-config.js';
import { Api, ApiError, codes } from './api/api.js';
import { ConsoleServicesContext } from './api/use-api.js';
import { createConsoleRouter } from './router.js';
import { texts } from './texts.js';
import { cssVariables, theme } from './theme.js';

/** A session that ended, or a password that must be changed: the routes decide again. */
function isSessionProblem(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.code === codes.noSession || error.code === codes.passwordChangeRequired)
  );
}

/** Everything that lasts as long as the page. */
function createApp(config: PageConfig) {
  const api = new Api(config.gateways, texts.api);
  const queryClient: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // Without data, the routes are deciding already.
        const isDeciding = query.queryKey[0] === '/session' && query.state.data === undefined;
        if (isSessionProblem(error) && !isDeciding) {
          queryClient.removeQueries({ queryKey: ['/session'] });
          void router.invalidate();
        }
      },
    }),
    defaultOptions: {
      queries: {
        // A refusal stays one; an unreachable gateway may come back.
        retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status !== 0),
        refetchOnWindowFocus: true,
        staleTime: 1000,
      },
    },
  });
  const router = createConsoleRouter({ api, queryClient });
  return { services: { api, demoApps: config.demoApps }, queryClient, router };
}

export function Console({ config, nonce }: { config: PageConfig; nonce: string }): ReactNode {
  const [{ services, queryClient, router }] = useState(() => createApp(config));
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>
        <ConsoleServicesContext value={services}>
          <RouterProvider router={router} />
        </ConsoleServicesContext>
      </QueryClientProvider>
    </MantineProvider>
  );
}
