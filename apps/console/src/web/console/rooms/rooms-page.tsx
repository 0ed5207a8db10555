import { NumberInput, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useAccess } from '../access.js';
import { useAct } from '../api/use-api.js';
import { usePages } from '../api/use-pages.js';
import { type RoomView } from '../api/views.js';
import { pathOfApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { DialogButton } from '../ui/form.js';
import { SearchIcon } from '../ui/icons.js';
import { PageLink } from '../ui/links.js';
import { Page } from '../ui/page.js';
import { PagedTable } from '../ui/paged-table.js';
import { Denied, Empty } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { type Column } from '../ui/virtual-table.js';

const t = texts.rooms;
const pageSize = '200';
const typingPauseMs = 250;
const minuteMs = 60_000;

/** The live rooms of an AppID. */
export function RoomsPage(): ReactNode {
  const { appId } = useParams({ from: '/shell/apps/$appId' });
  const { can } = useAccess();
  return (
    <Page title={t.title} lead={t.lead} actions={can('rooms:write', appId) && <CreateRoom appId={appId} />}>
      {can('rooms:read', appId) ? <Rooms appId={appId} /> : <Denied permission="rooms:read" />}
    </Page>
  );
}

function Rooms({ appId }: { appId: number }): ReactNode {
  const [search, setSearch] = useState('');
  const [prefix] = useDebouncedValue(search.trim(), typingPauseMs);
  const pages = usePages(
    `${pathOfApp(appId)}/rooms`,
    ({ rooms }: { rooms: RoomView[]; next?: string }) => rooms,
    {
      query: { limit: pageSize, ...(prefix === '' ? undefined : { prefix }) },
    },
  );
  return (
    <>
      <TextInput
        label={t.search}
        leftSection={<SearchIcon />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        maw={420}
      />
      <PagedTable
        label={t.title}
        pages={pages}
        columns={columnsOf(appId)}
        keyOf={({ roomId }) => roomId}
        empty={
          prefix === '' ? (
            <Empty title={t.none}>{t.noneLead}</Empty>
          ) : (
            <Empty title={texts.states.noMatch(prefix)} />
          )
        }
      />
    </>
  );
}

const columnsOf = (appId: number): Column<RoomView>[] => [
  {
    key: 'roomId',
    title: t.room,
    width: 'minmax(0, 2fr)',
    cell: ({ roomId }) => (
      <PageLink to="/apps/$appId/rooms/$roomId" params={{ appId, roomId }} fw={500} size="sm">
        {roomId}
      </PageLink>
    ),
  },
  {
    key: 'members',
    title: t.members,
    width: 'minmax(0, 1fr)',
    cell: ({ memberCount, maxMemberCount }) => t.memberCount(memberCount, maxMemberCount),
  },
  {
    key: 'streams',
    title: t.streams,
    width: 'minmax(0, 1fr)',
    cell: ({ streamCount }) => streamCount.toLocaleString(),
  },
  {
    key: 'created',
    title: t.created,
    width: 'minmax(0, 1.4fr)',
    cell: ({ createdAtMs }) => <Time ms={createdAtMs} />,
  },
];

function CreateRoom({ appId }: { appId: number }): ReactNode {
  const path = `${pathOfApp(appId)}/rooms`;
  const create = useAct<{ roomId: string; maxMemberCount: number; keepMs: number }>(
    (api, { roomId, ...settings }) => api.send('PUT', `${path}/${encodeURIComponent(roomId)}`, settings),
    { refresh: [path], quiet: true, done: t.createdDone },
  );
  return (
    <DialogButton
      label={t.create}
      title={t.createTitle}
      submit={t.create}
      buttonProps={{ variant: 'filled' }}
      onSubmit={async ({ roomId = '', maxMemberCount = '0', keepMinutes = '0' }) =>
        void (await create.mutateAsync({
          roomId,
          maxMemberCount: Number(maxMemberCount),
          keepMs: Number(keepMinutes) * minuteMs,
        }))
      }
    >
      <TextInput
        name="roomId"
        label={t.roomId}
        required
        withAsterisk={false}
        maxLength={128}
        data-autofocus
      />
      <NumberInput
        name="maxMemberCount"
        label={t.maxMembers}
        description={t.maxMembersHint}
        defaultValue={0}
        min={0}
        max={1_000_000}
        allowDecimal={false}
      />
      <NumberInput
        name="keepMinutes"
        label={t.keep}
        description={t.keepHint}
        defaultValue={60}
        min={0}
        allowDecimal={false}
      />
    </DialogButton>
  );
}
