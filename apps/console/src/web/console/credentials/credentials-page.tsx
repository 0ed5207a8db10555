import { Badge, Button, Checkbox, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useAccess } from '../access.js';
import { useAct, useRead } from '../api/use-api.js';
import { type AppView, type SecretView } from '../api/views.js';
import { pathOfApp, useApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { ActionButton } from '../ui/action-button.js';
import { DialogButton } from '../ui/form.js';
import { Page, Panel } from '../ui/page.js';
import { CopyBox, ShownOnce } from '../ui/secret.js';
import { Denied, Loaded } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';

const t = texts.credentials;
const kinds = ['native', 'token04', 'appSign'] as const;
type CredentialKind = AppView['credentialKinds'][number];
const hourMs = 3_600_000;

/** How clients of an AppID log in, and the secrets behind it. */
export function CredentialsPage(): ReactNode {
  const { appId } = useParams({ from: '/shell/apps/$appId' });
  const { can } = useAccess();
  const app = useApp(appId);
  if (!can('secrets:read', appId)) {
    return (
      <Page title={t.title}>
        <Denied permission="secrets:read" />
      </Page>
    );
  }
  return (
    <Page title={t.title} lead={t.lead}>
      {app.data !== undefined && <AcceptedKinds key={JSON.stringify(app.data)} app={app.data} />}
      <Secrets appId={appId} />
      {can('secrets:write', appId) && <AppSign appId={appId} />}
    </Page>
  );
}

function AcceptedKinds({ app }: { app: AppView }): ReactNode {
  const canWrite = useAccess().can('apps:write', app.appId);
  const [accepted, setAccepted] = useState<string[]>(app.credentialKinds);
  const [maxSeconds, setMaxSeconds] = useState<number | string>(app.maxTokenSeconds ?? '');
  const save = useAct<void>(
    (api) =>
      api.send('PUT', `${pathOfApp(app.appId)}/credentials`, {
        credentialKinds: accepted as CredentialKind[],
        maxTokenSeconds: maxSeconds === '' ? null : Number(maxSeconds),
      }),
    { refresh: [pathOfApp(app.appId), '/apps'], done: t.kindsSaved },
  );
  return (
    <Panel title={texts.credentialKinds.title} lead={t.kindsLead}>
      <Stack gap="md">
        <Checkbox.Group value={accepted} onChange={setAccepted} label={texts.credentialKinds.lead}>
          <Stack gap="xs" mt="xs">
            {kinds.map((kind) => (
              <Checkbox key={kind} value={kind} label={texts.credentialKinds[kind]} disabled={!canWrite} />
            ))}
          </Stack>
        </Checkbox.Group>
        <NumberInput
          label={t.maxSeconds}
          description={t.maxSecondsHint}
          value={maxSeconds}
          onChange={setMaxSeconds}
          allowDecimal={false}
          min={1}
          maw={320}
          readOnly={!canWrite}
        />
        {canWrite && (
          <Group>
            <Button loading={save.isPending} disabled={accepted.length === 0} onClick={() => save.mutate()}>
              {texts.actions.save}
            </Button>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}

const stateColors = { primary: 'teal', live: 'indigo', retired: 'gray' } as const;

function Secrets({ appId }: { appId: number }): ReactNode {
  const canWrite = useAccess().can('secrets:write', appId);
  const path = `${pathOfApp(appId)}/secrets`;
  const secrets = useRead<{ secrets: SecretView[] }>(path);
  const add = useAct<string | undefined, { serverSecret: string }>(
    (api, serverSecret) => api.send('POST', path, serverSecret === undefined ? {} : { serverSecret }),
    { refresh: [path], quiet: true },
  );
  const columns: Column<SecretView>[] = [
    { key: 'id', title: t.secretId, width: 'minmax(0, 2fr)', cell: ({ secretId }) => secretId },
    {
      key: 'state',
      title: t.state,
      width: '110px',
      cell: ({ state }) => (
        <Badge variant="light" color={stateColors[state]}>
          {t.states[state]}
        </Badge>
      ),
    },
    {
      key: 'created',
      title: t.created,
      width: 'minmax(0, 2fr)',
      cell: ({ createdAtMs }) => <Time ms={createdAtMs} />,
    },
    ...(canWrite
      ? [
          {
            key: 'actions',
            title: texts.actions.title,
            width: '220px',
            cell: (secret: SecretView) => <SecretActions path={path} secret={secret} />,
          },
        ]
      : []),
  ];
  return (
    <Panel
      title={t.secrets}
      lead={t.rotation}
      actions={
        canWrite && (
          <DialogButton
            label={t.addSecret}
            title={t.addSecretTitle}
            onSubmit={async ({ secret }) => {
              const { serverSecret } = await add.mutateAsync(secret);
              return (
                <ShownOnce>
                  <CopyBox label={t.secret} value={serverSecret} />
                </ShownOnce>
              );
            }}
          >
            <TextInput
              name="secret"
              label={t.ownSecret}
              description={t.ownSecretHint}
              autoComplete="off"
              minLength={32}
              maxLength={32}
            />
          </DialogButton>
        )
      }
    >
      <Loaded query={secrets}>
        {(reply) => (
          <VirtualTable
            label={t.secrets}
            columns={columns}
            rows={reply.secrets}
            keyOf={({ secretId }) => secretId}
          />
        )}
      </Loaded>
    </Panel>
  );
}

function SecretActions({
  path,
  secret: { secretId, state },
}: {
  path: string;
  secret: SecretView;
}): ReactNode {
  const retire = useAct<void>((api) => api.send('DELETE', `${path}/${secretId}`), {
    refresh: [path],
    quiet: true,
  });
  if (state !== 'live') {
    return null;
  }
  return (
    <Group gap="xs" justify="flex-end">
      <ActionButton
        label={t.promote}
        buttonLabel={t.promoteNamed(secretId)}
        act={(api) => api.send('PUT', `${path}/${secretId}/primary`)}
        refresh={[path]}
      />
      <DialogButton
        label={t.retire}
        buttonLabel={t.retireNamed(secretId)}
        title={t.retireTitle}
        submit={t.retire}
        danger
        buttonProps={{ size: 'xs', color: 'red', variant: 'light' }}
        onSubmit={async () => void (await retire.mutateAsync())}
      >
        <Text size="sm">{t.retireText}</Text>
      </DialogButton>
    </Group>
  );
}

function AppSign({ appId }: { appId: number }): ReactNode {
  const replace = useAct<number, { appSign: string }>(
    (api, hours) =>
      api.send('PUT', `${pathOfApp(appId)}/app-sign`, {
        ...(hours === 0 ? {} : { oldValidUntilMs: Date.now() + hours * hourMs }),
      }),
    { refresh: [], quiet: true },
  );
  return (
    <Panel
      title={t.appSign}
      lead={t.appSignLead}
      actions={
        <DialogButton
          label={t.replaceAppSign}
          title={t.replaceAppSign}
          danger
          onSubmit={async ({ hours = '0' }) => {
            const { appSign } = await replace.mutateAsync(Number(hours));
            return (
              <ShownOnce>
                <CopyBox label={t.newAppSign} value={appSign} />
              </ShownOnce>
            );
          }}
        >
          <NumberInput
            name="hours"
            label={t.oldValidHours}
            description={t.oldValidHint}
            defaultValue={24}
            min={0}
            allowDecimal={false}
          />
        </DialogButton>
      }
    >
      <Text size="sm" c="dimmed">
        {t.appSignHint}
      </Text>
    </Panel>
  );
}
