import { Group, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useAccess } from '../access.js';
import { usePages } from '../api/use-pages.js';
import { type MemberView } from '../api/views.js';
import { texts } from '../texts.js';
import { SearchIcon } from '../ui/icons.js';
import { PageLink } from '../ui/links.js';
import { PagedTable } from '../ui/paged-table.js';
import { Empty } from '../ui/states.js';
import { type Column } from '../ui/virtual-table.js';
import { BanUser, KickUser } from './moderation.js';
import { pathOfRoom, type RoomProps } from './room-path.js';
import { MuteMenu } from './mute-menu.js';
import { TransferUser } from './transfer-user.js';

const t = texts.room;

/** The members of a room. A search reads all of them. */
export function MembersTab({ appId, roomId }: RoomProps): ReactNode {
  const path = `${pathOfRoom({ appId, roomId })}/members`;
  const pages = usePages(path, ({ members }: { members: MemberView[]; next?: string }) => members);
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const { more } = pages;
  useEffect(() => {
    if (wanted !== '') {
      more?.();
    }
  }, [wanted, more]);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <TextInput
          label={t.searchMembers}
          leftSection={<SearchIcon />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          className="search"
        />
        <Text size="sm" c="dimmed" role="status">
          {pages.items !== undefined && t.membersRead(pages.items.length, pages.hasMore)}
        </Text>
      </Group>
      <PagedTable
        label={t.tabs.members}
        pages={pages}
        rows={pages.items?.filter(
          ({ userId, userName }) =>
            userId.toLowerCase().includes(wanted) || userName.toLowerCase().includes(wanted),
        )}
        columns={useColumns({ appId, roomId })}
        keyOf={({ userId }) => userId}
        empty={<Empty title={wanted === '' ? t.noMembers : texts.states.noMatch(search)} />}
      />
    </Stack>
  );
}

function useColumns(room: RoomProps): Column<MemberView>[] {
  const { appId } = room;
  const { can } = useAccess();
  const canMute = can('streams:mute', appId);
  const canKick = can('users:kick', appId);
  const canBan = can('users:ban', appId);
  const canMove = can('users:move', appId);
  return [
    {
      key: 'user',
      title: t.userId,
      width: 'minmax(0, 1.5fr)',
      cell: ({ userId }) => (
        <PageLink to="/apps/$appId/users/$userId" params={{ appId, userId }} fw={500} size="sm">
          {userId}
        </PageLink>
      ),
    },
    { key: 'name', title: t.userName, width: 'minmax(0, 1.5fr)', cell: ({ userName }) => userName },
    ...(canMute || canMove || canKick || canBan
      ? [
          {
            key: 'actions',
            title: texts.actions.title,
            width: '300px',
            cell: ({ userId }: MemberView) => (
              <Group gap="xs" justify="flex-end" wrap="nowrap">
                {canMute && (
                  <MuteMenu
                    path={`${pathOfRoom(room)}/members/${encodeURIComponent(userId)}/mutes`}
                    name={userId}
                  />
                )}
                {canMove && <TransferUser {...room} userId={userId} />}
                {canKick && <KickUser appId={appId} roomId={room.roomId} userId={userId} />}
                {canBan && <BanUser appId={appId} roomId={room.roomId} userId={userId} />}
              </Group>
            ),
          },
        ]
      : []),
  ];
}
