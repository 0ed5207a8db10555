import { Badge, Group, NativeSelect, NumberInput, Text, TextInput } from '@mantine/core';
import { useParams, useRouter } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useAccess } from '../access.js';
import { useAct, useRead } from '../api/use-api.js';
import { type DeliveryPage, type DeliveryView, type WebhookView } from '../api/views.js';
import { pathOfApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { ActionButton } from '../ui/action-button.js';
import { DialogButton } from '../ui/form.js';
import { PageLink } from '../ui/links.js';
import { Page, Panel } from '../ui/page.js';
import { CopyBox, ShownOnce } from '../ui/secret.js';
import { Denied, Empty, Loaded } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';
import { readEndpoint, WebhookFields } from './webhook-fields.js';
import { WebhookState } from './webhooks-page.js';

const t = texts.webhooks;
const hourSeconds = 3600;
const outcomes = ['', 'delivered', 'failed', 'expired'] as const;

/** One endpoint: its settings, and what was delivered to it. */
export function WebhookPage(): ReactNode {
  const { appId, endpointId } = useParams({ from: '/shell/apps/$appId/webhooks/$endpointId' });
  const { can } = useAccess();
  const listPath = `${pathOfApp(appId)}/webhooks`;
  const canRead = can('webhooks:read', appId);
  const webhooks = useRead<{ webhooks: WebhookView[] }>(canRead ? listPath : undefined, { live: true });
  const webhook = webhooks.data?.webhooks.find((each) => each.endpointId === endpointId);
  if (!canRead) {
    return (
      <Page title={endpointId}>
        <Denied permission="webhooks:read" />
      </Page>
    );
  }
  return (
    <Page
      title={webhook?.url ?? endpointId}
      lead={
        <Group gap="xs">
          <PageLink to="/apps/$appId/webhooks" params={{ appId }} size="sm">
            {t.title}
          </PageLink>
          {webhook !== undefined && <WebhookState {...webhook} />}
        </Group>
      }
      actions={
        webhook !== undefined &&
        can('webhooks:write', appId) && (
          <Actions appId={appId} path={`${listPath}/${endpointId}`} webhook={webhook} />
        )
      }
    >
      <Deliveries path={`${listPath}/${endpointId}`} canWrite={can('webhooks:write', appId)} />
    </Page>
  );
}

function Actions({ appId, path, webhook }: { appId: number; path: string; webhook: WebhookView }): ReactNode {
  const router = useRouter();
  const refresh = [`${pathOfApp(appId)}/webhooks`];
  const change = useAct<object>((api, body) => api.send('PATCH', path, body), { refresh, quiet: true });
  const rotate = useAct<number, { secret: string }>(
    (api, hours) => api.send('POST', `${path}/secret`, { overlapSeconds: hours * hourSeconds }),
    { refresh, quiet: true },
  );
  const replay = useAct<number>((api, fromMs) => api.send('POST', `${path}/replay`, { fromMs }), {
    refresh,
    quiet: true,
    done: t.replayed,
  });
  const remove = useAct<void>((api) => api.send('DELETE', path), { refresh, quiet: true });
  return (
    <>
      <ActionButton
        size="sm"
        label={t.test}
        act={(api) => api.send('POST', `${path}/test`, {})}
        refresh={refresh}
        done={t.tested}
      />
      <DialogButton
        label={texts.actions.change}
        title={t.changeTitle}
        submit={texts.actions.save}
        onSubmit={async (fields) => void (await change.mutateAsync(readEndpoint(fields)))}
      >
        <WebhookFields webhook={webhook} />
      </DialogButton>
      <ActionButton
        size="sm"
        label={webhook.enabled ? t.disable : t.enable}
        act={(api) => api.send('PATCH', path, { enabled: !webhook.enabled })}
        refresh={refresh}
      />
      <DialogButton
        label={t.rotate}
        title={t.rotateTitle}
        submit={t.rotate}
        onSubmit={async ({ hours = '24' }) => {
          const { secret } = await rotate.mutateAsync(Number(hours));
          return (
            <ShownOnce>
              <CopyBox label={t.secret} value={secret} />
            </ShownOnce>
          );
        }}
      >
        <NumberInput name="hours" label={t.overlap} defaultValue={24} min={0} allowDecimal={false} />
      </DialogButton>
      <DialogButton
        label={t.replay}
        title={t.replayTitle}
        submit={t.replay}
        onSubmit={async ({ from = '' }) => void (await replay.mutateAsync(Date.parse(from)))}
      >
        <Text size="sm">{t.replayText}</Text>
        <TextInput type="datetime-local" name="from" label={t.replayFrom} required withAsterisk={false} />
      </DialogButton>
      <DialogButton
        label={t.delete}
        title={t.deleteTitle}
        submit={t.delete}
        danger
        buttonProps={{ color: 'red', variant: 'light' }}
        onSubmit={async () => {
          await remove.mutateAsync();
          await router.navigate({ to: '/apps/$appId/webhooks', params: { appId } });
        }}
      >
        <Text size="sm">{t.deleteText}</Text>
      </DialogButton>
    </>
  );
}

function Deliveries({ path, canWrite }: { path: string; canWrite: boolean }): ReactNode {
  const [outcome, setOutcome] = useState('');
  const query = outcome === '' ? '' : `&outcome=${outcome}`;
  const page = useRead<DeliveryPage>(`${path}/deliveries?limit=500${query}`, { live: true });
  return (
    <Panel
      title={t.deliveries}
      lead={page.data !== undefined && <DeliveryState {...page.data.state} />}
      actions={
        <NativeSelect
          aria-label={t.outcome}
          value={outcome}
          onChange={(event) => setOutcome(event.currentTarget.value)}
          data={outcomes.map((value) => ({ value, label: value === '' ? t.allOutcomes : t.outcomes[value] }))}
        />
      }
    >
      <Loaded query={page}>
        {({ deliveries }) =>
          deliveries.length === 0 ? (
            <Empty title={t.noDeliveries} />
          ) : (
            <VirtualTable
              label={t.deliveries}
              columns={canWrite ? [...columns, retryColumn(path)] : columns}
              rows={deliveries}
              keyOf={({ cursor, attempt, atMs }) => `${cursor} ${attempt} ${atMs}`}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function DeliveryState({ waiting, failingSinceMs, nextAttemptAtMs }: DeliveryPage['state']): ReactNode {
  return (
    <>
      {t.waiting(waiting)}
      {failingSinceMs !== undefined && (
        <>
          {' '}
          {t.failingSince} <Time ms={failingSinceMs} />
        </>
      )}
      {nextAttemptAtMs !== undefined && (
        <>
          {', '}
          {t.nextAttempt} <Time ms={nextAttemptAtMs} />
        </>
      )}
    </>
  );
}

const outcomeColors = { delivered: 'teal', failed: 'red', expired: 'gray' } as const;

const columns: Column<DeliveryView>[] = [
  { key: 'type', title: t.event, width: 'minmax(0, 1.3fr)', cell: ({ type }) => type },
  {
    key: 'subject',
    title: t.subject,
    width: 'minmax(0, 1.2fr)',
    cell: ({ roomId, userId }) => [roomId, userId].filter((each) => each !== undefined).join(', '),
  },
  {
    key: 'outcome',
    title: t.outcome,
    width: 'minmax(0, 1.5fr)',
    cell: ({ outcome, status, error, attempt }) => (
      <>
        <Badge variant="light" color={outcomeColors[outcome]}>
          {t.outcomes[outcome]}
        </Badge>
        <Text size="xs" c="dimmed">
          {t.attempt(attempt, status, error)}
        </Text>
      </>
    ),
  },
  {
    key: 'time',
    title: t.time,
    width: 'minmax(0, 1.3fr)',
    cell: ({ atMs, durationMs }) => (
      <>
        <Time ms={atMs} />
        <Text size="xs" c="dimmed">
          {t.duration(durationMs)}
        </Text>
      </>
    ),
  },
];

const retryColumn = (path: string): Column<DeliveryView> => ({
  key: 'actions',
  title: texts.actions.title,
  width: '90px',
  cell: ({ cursor, type }) => (
    <ActionButton
      label={t.retry}
      buttonLabel={t.retryNamed(type)}
      act={(api) => api.send('POST', `${path}/deliveries/${cursor}/retry`, {})}
      refresh={[`${path}/deliveries`]}
    />
  ),
});
