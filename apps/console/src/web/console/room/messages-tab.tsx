import { Badge, Group, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { useAct } from '../api/use-api.js';
import { usePages } from '../api/use-pages.js';
import { type MessageView } from '../api/views.js';
import { texts } from '../texts.js';
import { DialogButton } from '../ui/form.js';
import { PagedTable } from '../ui/paged-table.js';
import { Empty } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { type Column } from '../ui/virtual-table.js';
import { pathOfRoom, type RoomProps } from './room-path.js';

const t = texts.messages;

/** The stored messages of a room, and a way to send one as the system. */
export function MessagesTab(room: RoomProps): ReactNode {
  const { can } = useAccess();
  const path = `${pathOfRoom(room)}/messages`;
  const pages = usePages(path, listOf, { query: { limit: '200' } });
  const canDelete = can('messages:delete', room.appId);
  return (
    <Stack gap="md">
      {can('messages:send', room.appId) && (
        <Group>
          <SendMessage path={path} />
        </Group>
      )}
      <PagedTable
        label={t.title}
        pages={pages}
        columns={canDelete ? [...columns, deletionColumn(path)] : columns}
        keyOf={({ messageId }) => String(messageId)}
        empty={<Empty title={t.none}>{t.noneLead}</Empty>}
      />
    </Stack>
  );
}

/** A deletion has no row: the deleted message shows it. */
function listOf({ messages }: { messages: MessageView[]; next?: string }): MessageView[] {
  return messages.filter(({ kind }) => kind !== 'deletion');
}

const columns: Column<MessageView>[] = [
  {
    key: 'from',
    title: t.from,
    width: 'minmax(0, 1fr)',
    cell: ({ from, kind }) => (
      <Stack gap={2} align="flex-start">
        <Text size="sm" fw={500}>
          {from.userId}
        </Text>
        <Badge size="sm" variant="light" color="gray">
          {kind}
        </Badge>
      </Stack>
    ),
  },
  {
    key: 'content',
    title: t.content,
    width: 'minmax(0, 3fr)',
    cell: ({ content, deleted }) => (deleted === true ? <Text c="dimmed">{t.deleted}</Text> : content),
  },
  {
    key: 'time',
    title: t.time,
    width: 'minmax(0, 1.2fr)',
    cell: ({ sentAtMs }) => <Time ms={sentAtMs} />,
  },
];

function deletionColumn(path: string): Column<MessageView> {
  return {
    key: 'actions',
    title: texts.actions.title,
    width: '90px',
    cell: (message) => message.deleted !== true && <DeleteMessage path={path} message={message} />,
  };
}

function DeleteMessage({ path, message }: { path: string; message: MessageView }): ReactNode {
  const remove = useAct<void>((api) => api.send('DELETE', `${path}/${message.messageId}`), {
    refresh: [path],
    quiet: true,
  });
  const name = t.deleteNamed(message.from.userId);
  return (
    <DialogButton
      label={t.delete}
      buttonLabel={name}
      title={name}
      submit={t.delete}
      danger
      buttonProps={{ size: 'xs' }}
      onSubmit={async () => void (await remove.mutateAsync())}
    >
      <Text size="sm">{message.content}</Text>
      <Text size="sm">{t.deleteText}</Text>
    </DialogButton>
  );
}

function SendMessage({ path }: { path: string }): ReactNode {
  const send = useAct<object>((api, body) => api.send('POST', path, body), {
    refresh: [path],
    quiet: true,
    done: t.sent,
  });
  return (
    <DialogButton
      label={t.send}
      title={t.sendTitle}
      submit={t.send}
      onSubmit={async ({ kind, content = '', to }) =>
        void (await send.mutateAsync({
          kind,
          content,
          ...(to === undefined || kind !== 'command'
            ? {}
            : { to: to.split(',').map((userId) => userId.trim()) }),
        }))
      }
    >
      <NativeSelect
        name="kind"
        label={t.kind}
        data={(['broadcast', 'barrage', 'command'] as const).map((value) => ({
          value,
          label: t.kinds[value],
        }))}
      />
      <Textarea
        name="content"
        label={t.content}
        required
        withAsterisk={false}
        autosize
        minRows={3}
        data-autofocus
      />
      <TextInput name="to" label={t.to} description={t.toHint} />
    </DialogButton>
  );
}
