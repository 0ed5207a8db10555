import { Group, Stack, Text, TextInput } from '@mantine/core';
import { startRegistration } from '@simplewebauthn/browser';
import { type ReactNode } from 'react';
import { ApiError } from '../api/api.js';
import { useAct } from '../api/use-api.js';
import { type Passkey } from '../api/views.js';
import { texts } from '../texts.js';
import { ActionButton } from '../ui/action-button.js';
import { Form } from '../ui/form.js';
import { Panel } from '../ui/page.js';
import { Time } from '../ui/time.js';

const t = texts.passkeys;
const path = '/session/passkeys';

export function PasskeyPanel({ passkeys }: { passkeys: Passkey[] }): ReactNode {
  const add = useAct<string | undefined>(
    async (api, name) => {
      const { options } = await api.send<{ options: never }>('POST', `${path}/options`);
      const response = await startRegistration({ optionsJSON: options }).catch(() => {
        throw new ApiError(0, t.notMade);
      });
      return api.send('POST', path, { response, name });
    },
    { refresh: [path], quiet: true },
  );
  return (
    <Panel title={t.title} lead={t.lead}>
      <Stack gap="md">
        {passkeys.length > 0 && (
          <Stack component="ul" gap="sm" className="plain-list">
            {passkeys.map(({ passkeyId, name, createdAtMs }) => (
              <Group key={passkeyId} component="li" justify="space-between" wrap="nowrap">
                <Text size="sm" component="div">
                  <b>{name ?? t.unnamed}</b>{' '}
                  {createdAtMs !== null && (
                    <Text span size="xs" c="dimmed">
                      {texts.sessions.since} <Time ms={createdAtMs} />
                    </Text>
                  )}
                </Text>
                <ActionButton
                  label={texts.actions.remove}
                  buttonLabel={t.removeNamed(name ?? '')}
                  act={(api) => api.send('DELETE', `${path}/${passkeyId}`)}
                  refresh={[path]}
                />
              </Group>
            ))}
          </Stack>
        )}
        {isSecureContext ? (
          <Form
            label={t.add}
            submit={t.add}
            secondary
            onSubmit={async ({ name }, form) => {
              await add.mutateAsync(name);
              form.reset();
            }}
          >
            <TextInput
              id="passkey-name"
              name="name"
              label={t.name}
              placeholder={t.namePlaceholder}
              maxLength={100}
              required
              withAsterisk={false}
            />
          </Form>
        ) : (
          <Text size="sm" c="dimmed">
            {t.needsHttps}
          </Text>
        )}
      </Stack>
    </Panel>
  );
}
