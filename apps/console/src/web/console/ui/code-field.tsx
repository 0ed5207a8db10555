import { TextInput } from '@mantine/core';
import { type ReactNode } from 'react';

/** The field `code` of a form: six digits of an authenticator app, which browsers and phones fill in. */
export function CodeField({ id, label }: { id: string; label: string }): ReactNode {
  return (
    <TextInput
      id={id}
      name="code"
      label={label}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9]{6}"
      maxLength={6}
      required
      withAsterisk={false}
      autoFocus
    />
  );
}
