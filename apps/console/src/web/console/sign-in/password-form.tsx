import { PasswordInput } from '@mantine/core';
import { type ReactNode } from 'react';
import { useServices } from '../api/use-api.js';
import { texts } from '../texts.js';
import { type Fields, Form } from '../ui/form.js';

const t = texts.password;

export function PasswordForm({
  onDone,
  autoFocus = false,
}: {
  onDone: () => Promise<void> | void;
  autoFocus?: boolean;
}): ReactNode {
  const { api } = useServices();
  const change = async ({ current, fresh, again }: Fields, form: HTMLFormElement) => {
    if (fresh !== again) {
      throw new Error(t.differ);
    }
    await api.send('PUT', '/session/password', { currentPassword: current, newPassword: fresh });
    form.reset();
    await onDone();
  };
  return (
    <Form label={t.submit} submit={t.submit} onSubmit={change}>
      <Password
        id="current-password"
        name="current"
        label={t.current}
        autoComplete="current-password"
        autoFocus={autoFocus}
      />
      <Password
        id="new-password"
        name="fresh"
        label={t.fresh}
        description={t.hint}
        autoComplete="new-password"
      />
      <Password id="new-password-again" name="again" label={t.again} autoComplete="new-password" />
    </Form>
  );
}

export function Password(props: {
  id: string;
  name: string;
  label: string;
  description?: string;
  autoFocus?: boolean;
  autoComplete: 'current-password' | 'new-password' | 'off';
}): ReactNode {
  return (
    <PasswordInput
      {...props}
      required
      withAsterisk={false}
      maxLength={128}
      visibilityToggleButtonProps={{ 'aria-label': texts.signIn.showPassword }}
    />
  );
}
