import { Badge, Box, Group, Stack, Text } from '@mantine/core';
import { type ReactNode } from 'react';
import { type OperatorSession } from '../api/views.js';
import { texts } from '../texts.js';
import { ActionButton } from '../ui/action-button.js';
import { Time } from '../ui/time.js';

const t = texts.sessions;

/** Enough to tell browsers apart; the title has the rest. */
function describeBrowser(userAgent: string | null): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(userAgent ?? '')?.[1];
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|Linux)/.exec(userAgent ?? '')?.[1];
  const name = { Edg: 'Edge', OPR: 'Opera' }[browser ?? ''] ?? browser;
  return name === undefined ? (userAgent ?? t.unknownBrowser) : t.browser(name, system);
}

export function SessionList({
  sessions,
  end,
  refresh,
}: {
  sessions: OperatorSession[];
  end: (sessionId: string) => Promise<unknown>;
  refresh: string;
}): ReactNode {
  if (sessions.length === 0) {
    return (
      <Text c="dimmed" size="sm">
        {t.none}
      </Text>
    );
  }
  return (
    <Stack component="ul" gap="sm" className="plain-list">
      {sessions.map((session) => (
        <Group key={session.sessionId} component="li" justify="space-between" wrap="nowrap" gap="sm">
          <Box miw={0}>
            <Text size="sm" fw={500} title={session.userAgent ?? ''}>
              {describeBrowser(session.userAgent)}
            </Text>
            <Text size="xs" c="dimmed" component="div">
              {session.address ?? t.unknownAddress} · {t.since} <Time ms={session.createdAtMs} />
            </Text>
          </Box>
          {session.current === true ? (
            <Badge variant="light">{t.current}</Badge>
          ) : (
            <ActionButton
              label={t.end}
              buttonLabel={t.endOf(session.address ?? t.unknownAddress)}
              act={() => end(session.sessionId)}
              refresh={[refresh]}
            />
          )}
        </Group>
      ))}
    </Stack>
  );
}
