import { Box, Text } from '@mantine/core';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { useApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { PageNavLink } from '../ui/links.js';

const pages = [
  { to: '/apps/$appId/limits', label: texts.limits.title, permission: 'entitlements:read' },
  { to: '/apps/$appId/rooms', label: texts.rooms.title, permission: 'rooms:read' },
  { to: '/apps/$appId/users', label: texts.users.title, permission: 'rooms:read' },
  { to: '/apps/$appId/bans', label: texts.bans.title, permission: 'users:ban' },
  { to: '/apps/$appId/recordings', label: texts.recordings.title, permission: 'recordings:read' },
  { to: '/apps/$appId/usage', label: texts.usage.title, permission: 'usage:read' },
  { to: '/apps/$appId/credentials', label: texts.credentials.title, permission: 'secrets:read' },
  { to: '/apps/$appId/api-keys', label: texts.apiKeys.title, permission: 'apiKeys:read' },
  { to: '/apps/$appId/token-maker', label: texts.tokenMaker.title, permission: 'secrets:read' },
  { to: '/apps/$appId/webhooks', label: texts.webhooks.title, permission: 'webhooks:read' },
  { to: '/apps/$appId/audit', label: texts.audit.title, permission: 'audit:read' },
] as const;

/** The pages of one AppID that the operator may open. */
export function AppNav({ appId }: { appId: number }): ReactNode {
  const { can } = useAccess();
  const app = useApp(appId).data;
  const params = { appId };
  return (
    <Box
      className="app-nav"
      component="section"
      aria-label={texts.shell.pagesOfApp(app?.name ?? String(appId))}
    >
      <Text size="xs" c="dimmed" px="sm" pt="xs" className="wrap-anywhere">
        {app?.name ?? texts.apps.appId(appId)}
      </Text>
      <PageNavLink
        to="/apps/$appId"
        params={params}
        label={texts.overview.title}
        activeOptions={{ exact: true }}
      />
      {pages
        .filter(({ permission }) => can(permission, appId))
        .map(({ to, label }) => (
          <PageNavLink key={to} to={to} params={params} label={label} />
        ))}
    </Box>
  );
}
