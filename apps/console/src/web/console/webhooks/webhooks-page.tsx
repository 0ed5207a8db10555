import { Badge, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { useAct, useRead } from '../api/use-api.js';
import { type WebhookView } from '../api/views.js';
import { pathOfApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { DialogButton } from '../ui/form.js';
import { PageLink } from '../ui/links.js';
import { Page } from '../ui/page.js';
import { CopyBox, ShownOnce } from '../ui/secret.js';
import { Denied, Empty, Loaded } from '../ui/states.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';
import { readEndpoint, WebhookFields } from './webhook-fields.js';

const t = texts.webhooks;

export function WebhookState({ enabled, disabledReason }: WebhookView): ReactNode {
  return (
    <Badge variant="light" color={enabled ? 'teal' : 'red'}>
      {enabled ? t.enabled : disabledReason === 'failing' ? t.failing : t.disabled}
    </Badge>
  );
}

/** Where the events of an AppID are sent. */
export function WebhooksPage(): ReactNode {
  const { appId } = useParams({ from: '/shell/apps/$appId' });
  const { can } = useAccess();
  const path = `${pathOfApp(appId)}/webhooks`;
  const canRead = can('webhooks:read', appId);
  const webhooks = useRead<{ webhooks: WebhookView[] }>(canRead ? path : undefined, { live: true });
  return (
    <Page title={t.title} lead={t.lead} actions={can('webhooks:write', appId) && <AddWebhook path={path} />}>
      {canRead ? (
        <Loaded query={webhooks}>
          {(reply) =>
            reply.webhooks.length === 0 ? (
              <Empty title={t.none}>{t.noneLead}</Empty>
            ) : (
              <VirtualTable
                label={t.title}
                columns={columnsOf(appId)}
                rows={reply.webhooks}
                keyOf={({ endpointId }) => endpointId}
              />
            )
          }
        </Loaded>
      ) : (
        <Denied permission="webhooks:read" />
      )}
    </Page>
  );
}

const columnsOf = (appId: number): Column<WebhookView>[] => [
  {
    key: 'url',
    title: t.url,
    width: 'minmax(0, 2.5fr)',
    cell: ({ endpointId, url, description }) => (
      <>
        <PageLink to="/apps/$appId/webhooks/$endpointId" params={{ appId, endpointId }} size="sm" fw={500}>
          {url}
        </PageLink>
        <Text size="xs" c="dimmed">
          {description}
        </Text>
      </>
    ),
  },
  { key: 'types', title: t.types, width: 'minmax(0, 2fr)', cell: ({ types }) => types.join(', ') },
  { key: 'format', title: t.format, width: 'minmax(0, 1fr)', cell: ({ format }) => t.formats[format] },
  {
    key: 'state',
    title: t.state,
    width: 'minmax(0, 1.3fr)',
    cell: (webhook) => <WebhookState {...webhook} />,
  },
];

function AddWebhook({ path }: { path: string }): ReactNode {
  const add = useAct<object, { secret: string }>((api, body) => api.send('POST', path, body), {
    refresh: [path],
    quiet: true,
  });
  return (
    <DialogButton
      label={t.add}
      title={t.addTitle}
      submit={t.add}
      buttonProps={{ variant: 'filled' }}
      onSubmit={async (fields) => {
        const { secret } = await add.mutateAsync(readEndpoint(fields));
        return (
          <ShownOnce>
            <CopyBox label={t.secret} value={secret} />
          </ShownOnce>
        );
      }}
    >
      <WebhookFields />
    </DialogButton>
  );
}
