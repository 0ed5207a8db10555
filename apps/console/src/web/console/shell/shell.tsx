import { AppShell, Box, Burger, Group, NavLink, ScrollArea, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useMatch, useRouter, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { useAccess, useOperator } from '../access.js';
import { useAct } from '../api/use-api.js';
import { texts } from '../texts.js';
import { PageLink, PageNavLink } from '../ui/links.js';
import { AppNav } from './app-nav.js';
import { ColorSchemeButton } from './color-scheme-button.js';
import { Logo } from '../../logo.js';

const mainId = 'main';

/** The frame of all pages of an operator: header, navigation, content. */
export function Shell(): ReactNode {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useEffect(close, [path, close]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="lg"
      transitionDuration={0}
    >
      <button type="button" className="skip-link" onClick={() => document.getElementById(mainId)?.focus()}>
        {texts.shell.skip}
      </button>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger
            opened={isOpen}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            transitionDuration={0}
            aria-label={texts.shell.menu}
            aria-expanded={isOpen}
          />
          <Logo />
          <PageLink to="/apps" underline="never" c="var(--mantine-color-text)" fw={600}>
            {texts.product}{' '}
            <Text span c="dimmed" fw={400} inherit>
              {texts.console}
            </Text>
          </PageLink>
          <Box ml="auto">
            <ColorSchemeButton />
          </Box>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={texts.shell.pages} p="xs">
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id={mainId} tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Navigation(): ReactNode {
  const { can } = useAccess();
  const operator = useOperator();
  const app = useMatch({ from: '/shell/apps/$appId', shouldThrow: false });
  return (
    <>
      <AppShell.Section grow component={ScrollArea}>
        <PageNavLink to="/apps" label={texts.apps.title} activeOptions={{ exact: true }} />
        {app !== undefined && <AppNav appId={app.params.appId} />}
        {can('audit:readAll') && <PageNavLink to="/audit" label={texts.audit.titleOfAll} />}
        {can('cluster:read') && <PageNavLink to="/health" label={texts.health.title} />}
        {can('operators:read') && <PageNavLink to="/operators" label={texts.operators.title} />}
      </AppShell.Section>
      <AppShell.Section className="nav-end">
        <PageNavLink
          to="/account"
          label={texts.account.title}
          {...(operator === undefined ? {} : { description: operator.email })}
        />
        <SignOut />
      </AppShell.Section>
    </>
  );
}

function SignOut(): ReactNode {
  const queryClient = useQueryClient();
  const router = useRouter();
  const signOut = useAct((api) => api.send('DELETE', '/session'), { refresh: [] });
  return (
    <NavLink
      component="button"
      type="button"
      label={texts.shell.signOut}
      onClick={() =>
        signOut.mutate(undefined, {
          onSuccess: () => {
            queryClient.clear();
            void router.navigate({ to: '/sign-in', search: {} });
          },
        })
      }
    />
  );
}
