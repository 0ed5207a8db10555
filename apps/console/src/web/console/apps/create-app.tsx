import { Checkbox, Stack, TextInput } from '@mantine/core';
import { type ReactNode } from 'react';
import { useAct } from '../api/use-api.js';
import { type CreatedApp } from '../api/views.js';
import { texts } from '../texts.js';
import { DialogButton } from '../ui/form.js';
import { CopyBox, ShownOnce } from '../ui/secret.js';

const t = texts.createApp;
const kinds = ['native', 'token04', 'appSign'] as const;
const maxAppId = 0xffffffff;

/** AppIDs of ten digits look like ZEGO's. */
const suggestAppId = (): string =>
  String(1_000_000_000 + Math.floor(Math.random() * (maxAppId - 1_000_000_000)));

export function CreateApp(): ReactNode {
  const create = useAct<object, CreatedApp>((api, app) => api.send('POST', '/apps', app), {
    refresh: ['/apps'],
    quiet: true,
  });
  return (
    <DialogButton
      label={t.title}
      title={t.title}
      buttonProps={{ variant: 'filled' }}
      onSubmit={async ({ name, appId, credentialKinds }) => {
        const created = await create.mutateAsync({
          name,
          appId: Number(appId),
          credentialKinds: credentialKinds?.split(',') ?? [],
        });
        return (
          <ShownOnce>
            <CopyBox label={t.appId} value={String(created.app.appId)} />
            <CopyBox label={t.serverSecret} value={created.serverSecret} />
            <CopyBox label={t.appSign} value={created.appSign} />
          </ShownOnce>
        );
      }}
    >
      <TextInput name="name" label={t.name} required withAsterisk={false} maxLength={100} data-autofocus />
      <TextInput
        name="appId"
        label={t.appId}
        description={t.appIdHint}
        required
        withAsterisk={false}
        inputMode="numeric"
        pattern="[0-9]{1,10}"
        defaultValue={suggestAppId()}
      />
      <Checkbox.Group
        label={texts.credentialKinds.title}
        description={texts.credentialKinds.lead}
        name="credentialKinds"
        defaultValue={['native', 'token04']}
      >
        <Stack gap="xs" mt="xs">
          {kinds.map((kind) => (
            <Checkbox key={kind} value={kind} label={texts.credentialKinds[kind]} />
          ))}
        </Stack>
      </Checkbox.Group>
    </DialogButton>
  );
}
