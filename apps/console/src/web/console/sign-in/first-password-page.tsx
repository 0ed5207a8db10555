import { Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { texts } from '../texts.js';
import { Centered } from './centered.js';
import { PasswordForm } from './password-form.js';

/** For a temporary password: nothing else is possible with it. */
export function FirstPasswordPage(): ReactNode {
  const queryClient = useQueryClient();
  const router = useRouter();
  return (
    <Centered title={texts.signIn.firstPasswordTitle}>
      <Stack gap="md">
        <Text c="dimmed" size="sm">
          {texts.signIn.firstPasswordLead}
        </Text>
        <PasswordForm
          autoFocus
          onDone={async () => {
            queryClient.removeQueries();
            await router.navigate({ to: '/apps' });
          }}
        />
      </Stack>
    </Centered>
  );
}
