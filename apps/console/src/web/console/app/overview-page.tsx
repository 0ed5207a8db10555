import { Badge, Code, Group, Text, TextInput } from '@mantine/core';
import { useParams, useRouter } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { useAct } from '../api/use-api.js';
import { type AppView } from '../api/views.js';
import { texts } from '../texts.js';
import { ActionButton } from '../ui/action-button.js';
import { DialogButton } from '../ui/form.js';
import { Page } from '../ui/page.js';
import { Denied, Loaded } from '../ui/states.js';
import { ChangesPanel } from './changes-panel.js';
import { MultiRoomPanel } from './multi-room-panel.js';
import { pathOfApp, useApp, useEntitlements } from './use-app.js';

const t = texts.overview;

/** The first page of an AppID: the multi-room switch, its limits, and who changed them. */
export function OverviewPage(): ReactNode {
  const { appId } = useParams({ from: '/shell/apps/$appId' });
  const { can } = useAccess();
  const app = useApp(appId);
  const entitlements = useEntitlements(appId);
  if (!can('entitlements:read', appId)) {
    return (
      <Page title={texts.apps.appId(appId)}>
        <Denied permission="entitlements:read" />
      </Page>
    );
  }
  return (
    <Page
      title={app.data?.name ?? texts.apps.appId(appId)}
      lead={
        <Group gap="xs">
          {texts.apps.appIdColumn} <Code>{appId}</Code>
          {app.data?.enabled === false && <Badge color="red">{texts.apps.disabled}</Badge>}
        </Group>
      }
      actions={app.data !== undefined && <AppActions app={app.data} />}
    >
      <Loaded query={entitlements} rows={6}>
        {(list) => <MultiRoomPanel appId={appId} list={list} />}
      </Loaded>
      {can('audit:read', appId) && <ChangesPanel appId={appId} />}
    </Page>
  );
}

function AppActions({ app }: { app: AppView }): ReactNode {
  const { can } = useAccess();
  return (
    <>
      {can('apps:write', app.appId) && (app.enabled ? <Disable app={app} /> : <Enable app={app} />)}
      {can('apps:delete', app.appId) && <Delete app={app} />}
    </>
  );
}

function Enable({ app: { appId } }: { app: AppView }): ReactNode {
  return (
    <ActionButton
      size="sm"
      label={t.enable}
      act={(api) => api.send('PUT', `${pathOfApp(appId)}/enabled`, { enabled: true })}
      refresh={['/apps']}
      done={t.enabledDone}
    />
  );
}

function Disable({ app: { appId, name } }: { app: AppView }): ReactNode {
  const disable = useAct<void>((api) => api.send('PUT', `${pathOfApp(appId)}/enabled`, { enabled: false }), {
    refresh: ['/apps'],
    quiet: true,
    done: t.disabledDone,
  });
  return (
    <DialogButton
      label={t.disable}
      title={t.disableTitle(name)}
      submit={t.disable}
      danger
      onSubmit={async () => void (await disable.mutateAsync())}
    >
      <Text size="sm">{t.disableText}</Text>
    </DialogButton>
  );
}

function Delete({ app: { appId, name } }: { app: AppView }): ReactNode {
  const router = useRouter();
  const remove = useAct<string | undefined>(
    (api, confirm) => api.send('DELETE', pathOfApp(appId), { confirm }),
    { refresh: ['/apps'], quiet: true, done: t.deletedDone },
  );
  return (
    <DialogButton
      label={t.delete}
      title={t.deleteTitle(name)}
      submit={t.delete}
      danger
      buttonProps={{ color: 'red', variant: 'light' }}
      onSubmit={async ({ confirm }) => {
        await remove.mutateAsync(confirm);
        await router.navigate({ to: '/apps' });
      }}
    >
      <Text size="sm">{t.deleteText}</Text>
      <TextInput
        name="confirm"
        label={t.deleteConfirm(name)}
        autoComplete="off"
        required
        withAsterisk={false}
        data-autofocus
      />
    </DialogButton>
  );
}
