import { Alert, Button, Divider, Stack, TextInput } from '@mantine/core';
import { startAuthentication } from '@simplewebauthn/browser';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type Api, ApiError } from '../api/api.js';
import { describeError, useRead, useServices } from '../api/use-api.js';
import { type SignInMethods } from '../api/views.js';
import { texts } from '../texts.js';
import { type Fields, Form } from '../ui/form.js';
import { Loaded } from '../ui/states.js';
import { Centered } from './centered.js';
import { CodeStep } from './code-step.js';
import { Password } from './password-form.js';

const t = texts.signIn;
type Next = { next: 'done' | 'totp' };

/** The provider sends the browser back with the reason in the query, before the hash. */
const isRefusedByProvider = (): boolean => new URLSearchParams(location.search).has('error');

export function SignInPage(): ReactNode {
  const { api } = useServices();
  const queryClient = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: '/sign-in' });
  const [needsCode, setNeedsCode] = useState(false);
  const methods = useRead<SignInMethods>('/session/methods');
  const enter = async () => {
    queryClient.removeQueries();
    await (next === undefined ? router.navigate({ to: '/apps' }) : router.navigate({ href: next }));
  };
  const signIn = async ({ email, password }: Fields) => {
    const reply = await api.send<Next>('POST', '/session', { email, password });
    await (reply.next === 'totp' ? setNeedsCode(true) : enter());
  };
  if (needsCode) {
    return (
      <Centered title={t.codeTitle}>
        <CodeStep onDone={enter} />
      </Centered>
    );
  }
  return (
    <Centered title={t.title}>
      <Stack gap="lg">
        {isRefusedByProvider() && (
          <Alert color="red" role="alert">
            {t.refusedByProvider}
          </Alert>
        )}
        <Loaded query={methods}>
          {({ password, passkey, oidc }) => (
            <Stack gap="md">
              {password && (
                <Form label={t.title} submit={t.submit} onSubmit={signIn}>
                  <TextInput
                    id="email"
                    name="email"
                    type="email"
                    label={t.email}
                    autoComplete="username"
                    required
                    withAsterisk={false}
                    // The only thing to do on this page.
                    autoFocus
                  />
                  <Password
                    id="password"
                    name="password"
                    label={t.password}
                    autoComplete="current-password"
                  />
                </Form>
              )}
              <OtherWays passkey={passkey} oidc={oidc} onDone={enter} />
            </Stack>
          )}
        </Loaded>
      </Stack>
    </Centered>
  );
}

function OtherWays({
  passkey,
  oidc,
  onDone,
}: Pick<SignInMethods, 'passkey' | 'oidc'> & { onDone: () => Promise<void> }): ReactNode {
  const { api } = useServices();
  const canUsePasskey = passkey && 'PublicKeyCredential' in window && isSecureContext;
  const withPasskey = useMutation({
    mutationFn: async () => {
      await signInWithPasskey(api);
      await onDone();
    },
  });
  const withProvider = useMutation({
    mutationFn: async () => {
      const { url } = await api.send<{ url: string }>('POST', '/session/oidc');
      location.assign(url);
    },
  });
  if (!canUsePasskey && oidc === null) {
    return null;
  }
  const error = withPasskey.error ?? withProvider.error;
  return (
    <Stack gap="sm">
      <Divider label={t.or} />
      {canUsePasskey && (
        <Button variant="default" loading={withPasskey.isPending} onClick={() => withPasskey.mutate()}>
          {t.withPasskey}
        </Button>
      )}
      {oidc !== null && (
        <Button variant="default" loading={withProvider.isPending} onClick={() => withProvider.mutate()}>
          {t.withProvider(oidc)}
        </Button>
      )}
      {error !== null && (
        <Alert color="red" role="alert" p="sm">
          {describeError(error)}
        </Alert>
      )}
    </Stack>
  );
}

async function signInWithPasskey(api: Api): Promise<void> {
  const { options } = await api.send<{ options: never }>('POST', '/session/passkey/options');
  const response = await startAuthentication({ optionsJSON: options }).catch(() => {
    throw new ApiError(0, t.noPasskeyUsed);
  });
  await api.send('POST', '/session/passkey', { response });
}
