import { Box, Card, Group, type MantineSpacing, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { texts } from '../texts.js';

/** Set by the first page: later ones take the focus, so that a screen reader reads their titles. */
let isLater = false;

interface HeadedProps {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: its title in the window, and as a heading. */
export function Page({ title, lead, actions, children }: HeadedProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = texts.windowTitle(title);
  }, [title]);
  useEffect(() => {
    if (isLater && !(document.activeElement instanceof HTMLInputElement)) {
      heading.current?.focus({ preventScroll: true });
    }
    isLater = true;
  }, []);
  return (
    <Stack gap="lg" maw={1200} mx="auto">
      <Head lead={lead} actions={actions}>
        <Title order={1} size="h2" ref={heading} tabIndex={-1} className="page-title">
          {title}
        </Title>
      </Head>
      {children}
    </Stack>
  );
}

/** A part of a page with a heading. */
export function Panel({ title, lead, actions, children }: HeadedProps): ReactNode {
  const id = useId();
  return (
    <Card component="section" withBorder aria-labelledby={id} className="panel" padding="lg">
      <Head lead={lead} actions={actions} mb="md">
        <Title order={2} size="h4" id={id}>
          {title}
        </Title>
      </Head>
      {children}
    </Card>
  );
}

/** The heading of a page or panel, a text below it, and buttons beside it. */
function Head({
  lead,
  actions,
  mb = 0,
  children,
}: Omit<HeadedProps, 'title'> & { mb?: MantineSpacing }): ReactNode {
  return (
    <Group justify="space-between" align="flex-start" gap="sm" mb={mb}>
      <Box miw={0}>
        {children}
        {lead !== undefined && (
          <Text component="div" c="dimmed" size="sm" mt={4}>
            {lead}
          </Text>
        )}
      </Box>
      {actions !== undefined && <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
