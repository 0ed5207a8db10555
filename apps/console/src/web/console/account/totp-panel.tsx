import { Button, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useServices } from '../api/use-api.js';
import { Password } from '../sign-in/password-form.js';
import { texts } from '../texts.js';
import { CodeField } from '../ui/code-field.js';
import { DialogButton, Form } from '../ui/form.js';
import { Panel } from '../ui/page.js';
import { CopyBox } from '../ui/secret.js';
import { QrCode } from './qr-code.js';

const t = texts.totp;

interface Enrolment {
  totpUri: string;
  recoveryCodes: string[];
}

/** The authenticator app of the own account. */
export function TotpPanel({ hasTotp }: { hasTotp: boolean }): ReactNode {
  return (
    <Panel title={t.title} lead={hasTotp ? t.enrolled : t.lead}>
      {hasTotp ? <Enrolled /> : <NotEnrolled />}
    </Panel>
  );
}

function useRefresh(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ['/session'] });
}

function Enrolled(): ReactNode {
  const { api } = useServices();
  const refresh = useRefresh();
  const [codes, setCodes] = useState<string[]>();
  if (codes !== undefined) {
    return (
      <Stack gap="md" align="flex-start">
        <RecoveryCodes codes={codes} />
        <Button onClick={() => setCodes(undefined)}>{texts.actions.done}</Button>
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      <Form
        label={t.recoveryCodes}
        submit={t.renewCodes}
        secondary
        onSubmit={async ({ password }) => {
          const reply = await api.send<{ recoveryCodes: string[] }>('POST', '/session/recovery-codes', {
            password,
          });
          setCodes(reply.recoveryCodes);
        }}
      >
        <Password id="totp-password" name="password" label={t.password} autoComplete="current-password" />
      </Form>
      <Group>
        <DialogButton
          label={t.remove}
          title={t.removeTitle}
          danger
          buttonProps={{ color: 'red', variant: 'light' }}
          onSubmit={async ({ password }) => {
            await api.send('POST', '/session/totp/removal', { password });
            await refresh();
          }}
        >
          <Text size="sm">{t.removeText}</Text>
          <Password
            id="removal-password"
            name="password"
            label={t.password}
            autoComplete="current-password"
          />
        </DialogButton>
      </Group>
    </Stack>
  );
}

function NotEnrolled(): ReactNode {
  const { api } = useServices();
  const refresh = useRefresh();
  const [enrolment, setEnrolment] = useState<Enrolment>();
  if (enrolment === undefined) {
    return (
      <Form
        label={t.enrol}
        submit={t.enrol}
        onSubmit={async ({ password }) => {
          setEnrolment(await api.send<Enrolment>('POST', '/session/totp/enrolment', { password }));
        }}
      >
        <Password id="totp-password" name="password" label={t.password} autoComplete="current-password" />
      </Form>
    );
  }
  return (
    <Stack gap="md">
      <Text size="sm">{t.scan}</Text>
      <QrCode text={enrolment.totpUri} label={t.qr} />
      <CopyBox
        id="totp-secret"
        label={t.secret}
        value={new URL(enrolment.totpUri).searchParams.get('secret') ?? ''}
      />
      <RecoveryCodes codes={enrolment.recoveryCodes} />
      <Form
        label={t.confirmLabel}
        submit={t.confirm}
        onSubmit={async ({ code }) => {
          await api.send('POST', '/session/totp', { code });
          await refresh();
        }}
      >
        <CodeField id="totp-code" label={t.code} />
      </Form>
    </Stack>
  );
}

function RecoveryCodes({ codes }: { codes: string[] }): ReactNode {
  return (
    <Stack gap="xs" w="100%">
      <Text size="sm">{t.recoveryCodesLead}</Text>
      <CopyBox id="recovery-codes" label={t.recoveryCodes} value={codes.join('\n')} />
    </Stack>
  );
}
