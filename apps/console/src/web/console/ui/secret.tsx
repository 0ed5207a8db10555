import { Alert, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { texts } from '../texts.js';

/** A value to copy. */
export function CopyBox({ label, value, id }: { label: string; value: string; id?: string }): ReactNode {
  const own = useId();
  const valueId = id ?? own;
  return (
    <Stack gap={4}>
      <Text component="label" size="sm" fw={500} htmlFor={valueId}>
        {label}
      </Text>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Code block component="output" id={valueId} className="copy-box">
          {value}
        </Code>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button variant="default" size="xs" onClick={copy} aria-label={texts.actions.copyNamed(label)}>
              {copied ? texts.actions.copied : texts.actions.copy}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Stack>
  );
}

/** Secrets that no later answer has. */
export function ShownOnce({ children }: { children: ReactNode }): ReactNode {
  return (
    <Stack gap="md">
      <Alert color="yellow">{texts.states.shownOnce}</Alert>
      {children}
    </Stack>
  );
}
