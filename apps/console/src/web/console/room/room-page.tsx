import { Group, Tabs, Text, TextInput } from '@mantine/core';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { useAct, useRead } from '../api/use-api.js';
import { type RoomSnapshot } from '../api/views.js';
import { pathOfApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { ActionButton } from '../ui/action-button.js';
import { DialogButton } from '../ui/form.js';
import { PageLink } from '../ui/links.js';
import { Page } from '../ui/page.js';
import { Denied } from '../ui/states.js';
import { AttributesTab } from './attributes-tab.js';
import { MembersTab } from './members-tab.js';
import { MessagesTab } from './messages-tab.js';
import { pathOfRoom, type RoomProps } from './room-path.js';
import { roomTabs, type RoomTab } from './room-tabs.js';
import { StreamsTab } from './streams-tab.js';

const t = texts.room;

/** One live room: members, streams, messages, attributes. */
export function RoomPage(): ReactNode {
  const room = useParams({ from: '/shell/apps/$appId/rooms/$roomId' });
  const { tab = 'members' } = useSearch({ from: '/shell/apps/$appId/rooms/$roomId' });
  const router = useRouter();
  const { can } = useAccess();
  const { appId, roomId } = room;
  const canRead = can('rooms:read', appId);
  const snapshot = useRead<RoomSnapshot>(canRead ? pathOfRoom(room) : undefined, { live: true });
  if (!canRead) {
    return (
      <Page title={roomId}>
        <Denied permission="rooms:read" />
      </Page>
    );
  }
  const shown: Record<RoomTab, boolean> = {
    members: true,
    streams: can('streams:read', appId),
    messages: can('messages:read', appId),
    attributes: true,
  };
  return (
    <Page
      title={roomId}
      lead={
        <Group gap="xs">
          <PageLink to="/apps/$appId/rooms" params={{ appId }} size="sm">
            {texts.rooms.title}
          </PageLink>
          {snapshot.data !== undefined && (
            <span>{t.lead(snapshot.data.memberCount, snapshot.data.streams.length)}</span>
          )}
        </Group>
      }
      actions={<RoomActions {...room} />}
    >
      <Tabs
        value={tab}
        onChange={(value) =>
          void router.navigate({
            to: '/apps/$appId/rooms/$roomId',
            params: room,
            search: { tab: value as RoomTab },
            replace: true,
          })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {roomTabs
            .filter((name) => shown[name])
            .map((name) => (
              <Tabs.Tab key={name} value={name}>
                {t.tabs[name]}
              </Tabs.Tab>
            ))}
        </Tabs.List>
        <Tabs.Panel value="members">
          <MembersTab {...room} />
        </Tabs.Panel>
        <Tabs.Panel value="streams">
          <StreamsTab {...room} />
        </Tabs.Panel>
        <Tabs.Panel value="messages">
          <MessagesTab {...room} />
        </Tabs.Panel>
        <Tabs.Panel value="attributes">
          <AttributesTab {...room} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function RoomActions(room: RoomProps): ReactNode {
  const { appId, roomId } = room;
  const { can } = useAccess();
  const router = useRouter();
  const close = useAct<object>((api, body) => api.send('DELETE', pathOfRoom(room), body), {
    refresh: [`${pathOfApp(appId)}/rooms`],
    quiet: true,
    done: t.closed,
  });
  return (
    <>
      {can('recordings:write', appId) && (
        <ActionButton
          size="sm"
          label={t.record}
          act={(api) => api.send('POST', `${pathOfRoom(room)}/recordings`, {})}
          refresh={[`${pathOfApp(appId)}/recordings`]}
          done={t.recording}
        />
      )}
      {can('rooms:write', appId) && (
        <DialogButton
          label={t.close}
          title={t.closeTitle(roomId)}
          submit={t.close}
          danger
          buttonProps={{ color: 'red', variant: 'light' }}
          onSubmit={async ({ reason }) => {
            await close.mutateAsync(reason === undefined ? {} : { reason });
            await router.navigate({ to: '/apps/$appId/rooms', params: { appId } });
          }}
        >
          <Text size="sm">{t.closeText}</Text>
          <TextInput
            name="reason"
            label={texts.moderation.reason}
            description={texts.moderation.reasonHint}
          />
        </DialogButton>
      )}
    </>
  );
}
