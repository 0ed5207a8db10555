import { Anchor, Stack, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useServices } from '../api/use-api.js';
import { texts } from '../texts.js';
import { CodeField } from '../ui/code-field.js';
import { Form } from '../ui/form.js';

const t = texts.signIn;

/** The second step: a code of the authenticator app, or a recovery code. */
export function CodeStep({ onDone }: { onDone: () => Promise<void> }): ReactNode {
  const { api } = useServices();
  const [isRecovery, setIsRecovery] = useState(false);
  const other = (
    <Anchor component="button" type="button" size="sm" onClick={() => setIsRecovery(!isRecovery)}>
      {isRecovery ? t.useApp : t.useRecoveryCode}
    </Anchor>
  );
  if (isRecovery) {
    return (
      <Stack gap="md" align="stretch">
        <Form
          key="recovery"
          label={t.recoveryCode}
          submit={t.submitRecoveryCode}
          onSubmit={async ({ code }) => {
            await api.send('POST', '/session/recovery-code', { code });
            await onDone();
          }}
        >
          <TextInput
            id="recovery-code"
            name="code"
            label={t.recoveryCode}
            autoComplete="off"
            maxLength={32}
            required
            withAsterisk={false}
            autoFocus
          />
        </Form>
        {other}
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      <Form
        key="totp"
        label={t.code}
        submit={t.submitCode}
        onSubmit={async ({ code }) => {
          await api.send('POST', '/session/totp', { code });
          await onDone();
        }}
      >
        <CodeField id="code" label={t.code} />
      </Form>
      {other}
    </Stack>
  );
}
