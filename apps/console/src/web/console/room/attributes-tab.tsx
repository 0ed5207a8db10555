import { Group, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { useAct, useRead } from '../api/use-api.js';
import { type AttributeView } from '../api/views.js';
import { texts } from '../texts.js';
import { ActionButton } from '../ui/action-button.js';
import { DialogButton } from '../ui/form.js';
import { Empty, Loaded } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';
import { pathOfRoom, type RoomProps } from './room-path.js';

const t = texts.attributes;

/** The attributes of a room: its shared state. */
export function AttributesTab(room: RoomProps): ReactNode {
  const canWrite = useAccess().can('rooms:write', room.appId);
  const path = `${pathOfRoom(room)}/attributes`;
  const attributes = useRead<{ attributes: AttributeView[] }>(path, { live: true });
  const columns: Column<AttributeView>[] = [
    {
      key: 'key',
      title: t.key,
      width: 'minmax(0, 1fr)',
      cell: ({ key }) => (
        <Text size="sm" fw={500}>
          {key}
        </Text>
      ),
    },
    { key: 'value', title: t.value, width: 'minmax(0, 2fr)', cell: ({ value }) => value },
    {
      key: 'updated',
      title: t.updated,
      width: 'minmax(0, 1.2fr)',
      cell: ({ updatedByUserId, updatedAtMs }) => (
        <>
          {updatedByUserId}
          <Text size="xs" c="dimmed" component="div">
            <Time ms={updatedAtMs} />
          </Text>
        </>
      ),
    },
    ...(canWrite
      ? [
          {
            key: 'actions',
            title: texts.actions.title,
            width: '100px',
            cell: ({ key }: AttributeView) => (
              <ActionButton
                label={texts.actions.remove}
                buttonLabel={t.removeNamed(key)}
                act={(api) => api.send('PUT', path, { changes: [{ key, value: '' }] })}
                refresh={[path]}
              />
            ),
          },
        ]
      : []),
  ];
  return (
    <Stack gap="md">
      {canWrite && (
        <Group>
          <SetAttribute path={path} />
        </Group>
      )}
      <Loaded query={attributes}>
        {(reply) =>
          reply.attributes.length === 0 ? (
            <Empty title={t.none} />
          ) : (
            <VirtualTable
              label={t.title}
              columns={columns}
              rows={reply.attributes}
              keyOf={({ key }) => key}
            />
          )
        }
      </Loaded>
    </Stack>
  );
}

function SetAttribute({ path }: { path: string }): ReactNode {
  const set = useAct<{ key: string; value: string }>(
    (api, change) => api.send('PUT', path, { changes: [change] }),
    { refresh: [path], quiet: true },
  );
  return (
    <DialogButton
      label={t.set}
      title={t.set}
      submit={texts.actions.save}
      onSubmit={async ({ key = '', value = '' }) => void (await set.mutateAsync({ key, value }))}
    >
      <TextInput name="key" label={t.key} required withAsterisk={false} data-autofocus />
      <TextInput name="value" label={t.value} required withAsterisk={false} />
    </DialogButton>
  );
}
