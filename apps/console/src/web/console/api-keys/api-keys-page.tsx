import { Badge, Checkbox, Group, NumberInput, SimpleGrid, Text, TextInput } from '@mantine/core';
import { grantablePermissions, permissionList } from '@polyroom/contracts/authority';
import { useParams } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { useAct, useRead } from '../api/use-api.js';
import { type ApiKeyView } from '../api/views.js';
import { pathOfApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { DialogButton } from '../ui/form.js';
import { Page } from '../ui/page.js';
import { CopyBox, ShownOnce } from '../ui/secret.js';
import { Denied, Empty, Loaded } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';

const t = texts.apiKeys;
const dayMs = 86_400_000;
const defaultDays = 90;
const maxDays = 400;

type State = 'live' | 'expired' | 'revoked';
const stateOf = ({ expiresAtMs, revokedAtMs }: ApiKeyView): State =>
  revokedAtMs !== undefined ? 'revoked' : expiresAtMs <= Date.now() ? 'expired' : 'live';

/** Credentials of application servers. */
export function ApiKeysPage(): ReactNode {
  const { appId } = useParams({ from: '/shell/apps/$appId' });
  const { can } = useAccess();
  const path = `${pathOfApp(appId)}/api-keys`;
  const canRead = can('apiKeys:read', appId);
  const canWrite = can('apiKeys:write', appId);
  const keys = useRead<{ apiKeys: ApiKeyView[] }>(canRead ? path : undefined);
  const columns: Column<ApiKeyView>[] = [
    {
      key: 'name',
      title: t.name,
      width: 'minmax(0, 2fr)',
      cell: ({ name, keyId, createdBy }) => (
        <>
          <Text size="sm" fw={500}>
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {t.createdBy(keyId, createdBy)}
          </Text>
        </>
      ),
    },
    {
      key: 'permissions',
      title: t.permissions,
      width: 'minmax(0, 2fr)',
      cell: ({ permissions }) => <Text size="xs">{permissions.join(', ')}</Text>,
    },
    {
      key: 'state',
      title: t.expires,
      width: 'minmax(0, 1.4fr)',
      cell: (key) => <Expiry apiKey={key} />,
    },
    {
      key: 'used',
      title: t.lastUsed,
      width: 'minmax(0, 1.2fr)',
      cell: ({ lastUsedAtMs }) => (lastUsedAtMs === undefined ? t.neverUsed : <Time ms={lastUsedAtMs} />),
    },
    ...(canWrite
      ? [
          {
            key: 'actions',
            title: texts.actions.title,
            width: '190px',
            cell: (key: ApiKeyView) => <Actions path={path} apiKey={key} />,
          },
        ]
      : []),
  ];
  return (
    <Page title={t.title} lead={t.lead} actions={canWrite && <CreateKey path={path} />}>
      {canRead ? (
        <Loaded query={keys}>
          {({ apiKeys }) =>
            apiKeys.length === 0 ? (
              <Empty title={t.none}>{t.noneLead}</Empty>
            ) : (
              <VirtualTable
                label={t.title}
                columns={columns}
                rows={[...apiKeys].reverse()}
                keyOf={({ keyId }) => keyId}
              />
            )
          }
        </Loaded>
      ) : (
        <Denied permission="apiKeys:read" />
      )}
    </Page>
  );
}

function Expiry({ apiKey }: { apiKey: ApiKeyView }): ReactNode {
  const state = stateOf(apiKey);
  return state === 'live' ? (
    <Time ms={apiKey.expiresAtMs} />
  ) : (
    <Badge variant="light" color="gray">
      {t.states[state]}
    </Badge>
  );
}

function CreateKey({ path }: { path: string }): ReactNode {
  const create = useAct<object, { key: string }>((api, body) => api.send('POST', path, body), {
    refresh: [path],
    quiet: true,
  });
  return (
    <DialogButton
      label={t.create}
      title={t.create}
      buttonProps={{ variant: 'filled' }}
      onSubmit={async ({ name, days = String(defaultDays), permissions }) => {
        if (permissions === undefined) {
          throw new Error(t.noPermissions);
        }
        const { key } = await create.mutateAsync({
          name,
          permissions: permissions.split(','),
          expiresInMs: Number(days) * dayMs,
        });
        return (
          <ShownOnce>
            <CopyBox label={t.key} value={key} />
          </ShownOnce>
        );
      }}
    >
      <TextInput name="name" label={t.name} required withAsterisk={false} maxLength={100} data-autofocus />
      <NumberInput
        name="days"
        label={t.days}
        defaultValue={defaultDays}
        min={1}
        max={maxDays}
        allowDecimal={false}
      />
      <Checkbox.Group name="permissions" label={t.permissions}>
        <SimpleGrid cols={1} spacing="xs" mt="xs">
          {grantablePermissions.map((name) => (
            <Checkbox key={name} value={name} label={name} description={permissionList[name].summary} />
          ))}
        </SimpleGrid>
      </Checkbox.Group>
    </DialogButton>
  );
}

function Actions({ path, apiKey }: { path: string; apiKey: ApiKeyView }): ReactNode {
  const { keyId, name } = apiKey;
  const expire = useAct<number>(
    (api, days) => api.send('PUT', `${path}/${keyId}/expiry`, { expiresInMs: days * dayMs }),
    { refresh: [path], quiet: true },
  );
  const revoke = useAct<void>((api) => api.send('DELETE', `${path}/${keyId}`), {
    refresh: [path],
    quiet: true,
  });
  if (stateOf(apiKey) === 'revoked') {
    return null;
  }
  return (
    <Group gap="xs" justify="flex-end">
      <DialogButton
        label={t.setExpiry}
        buttonLabel={t.setExpiryOf(name)}
        title={t.setExpiryOf(name)}
        submit={texts.actions.save}
        buttonProps={{ size: 'xs' }}
        onSubmit={async ({ days = '0' }) => void (await expire.mutateAsync(Number(days)))}
      >
        <NumberInput
          name="days"
          label={t.daysFromNow}
          description={t.daysHint}
          defaultValue={1}
          min={0}
          max={maxDays}
          allowDecimal={false}
        />
      </DialogButton>
      <DialogButton
        label={t.revoke}
        buttonLabel={t.revokeNamed(name)}
        title={t.revokeNamed(name)}
        submit={t.revoke}
        danger
        buttonProps={{ size: 'xs', color: 'red', variant: 'light' }}
        onSubmit={async () => void (await revoke.mutateAsync())}
      >
        <Text size="sm">{t.revokeText}</Text>
      </DialogButton>
    </Group>
  );
}
