import { Card, Center, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { ColorSchemeButton } from '../shell/color-scheme-button.js';
import { Logo } from '../../logo.js';
import { texts } from '../texts.js';

/** A page without navigation: there is no session, or it can do one thing only. */
export function Centered({ title, children }: { title: string; children: ReactNode }): ReactNode {
  useEffect(() => {
    document.title = texts.windowTitle(title);
  }, [title]);
  return (
    <Center mih="100vh" p="md" component="main">
      <Stack w="100%" maw={420} gap="lg">
        <Group justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Logo />
            <Text fw={600}>
              {texts.product}{' '}
              <Text span c="dimmed" fw={400} inherit>
                {texts.console}
              </Text>
            </Text>
          </Group>
          <ColorSchemeButton />
        </Group>
        <Card withBorder padding="xl" className="panel">
          <Title order={1} size="h3" mb="lg">
            {title}
          </Title>
          {children}
        </Card>
      </Stack>
    </Center>
  );
}
