import { Button, Checkbox, Modal, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useAct, useRead } from '../api/use-api.js';
import { type UserRoom, type UserStreamView } from '../api/views.js';
import { pathOfApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { Empty, Loaded } from '../ui/states.js';

const t = texts.streamRooms;

interface Props {
  appId: number;
  streamId: string;
  /** The publisher. */
  userId: string;
}

/** Shows a stream in further rooms of its publisher, and removes it from rooms. */
export function StreamRoomsButton(stream: Props): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button
        size="xs"
        variant="default"
        aria-haspopup="dialog"
        aria-label={t.buttonOf(stream.streamId)}
        onClick={() => setIsOpen(true)}
      >
        {t.button}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={t.title(stream.streamId)}
        closeButtonProps={{ 'aria-label': texts.actions.close }}
      >
        <StreamRooms {...stream} />
      </Modal>
    </>
  );
}

/** Mounted, and read, when the dialog opens. */
function StreamRooms({ appId, streamId, userId }: Props): ReactNode {
  const pathOfUser = `${pathOfApp(appId)}/users/${encodeURIComponent(userId)}`;
  const rooms = useRead<{ rooms: UserRoom[] }>(`${pathOfUser}/rooms`, { live: true });
  const shared = useRead(`${pathOfUser}/streams`, {
    live: true,
    select: ({ streams }: { streams: UserStreamView[] }) => ({
      stream: streams.find((each) => each.streamId === streamId),
    }),
  });
  return (
    <Loaded query={shared}>
      {({ stream }) =>
        stream === undefined ? (
          <Empty title={t.ended} />
        ) : (
          <Loaded query={rooms}>
            {(reply) => (
              <RoomBoxes
                appId={appId}
                stream={stream}
                // Another session of the user cannot show it.
                roomIds={reply.rooms
                  .filter(({ sessionId }) => sessionId === stream.sessionId)
                  .map(({ roomId }) => roomId)}
              />
            )}
          </Loaded>
        )
      }
    </Loaded>
  );
}

function RoomBoxes({
  appId,
  stream: { streamId, roomIds: shownIn },
  roomIds,
}: {
  appId: number;
  stream: UserStreamView;
  roomIds: string[];
}): ReactNode {
  const path = pathOfApp(appId);
  const share = useAct<{ roomId: string; isShared: boolean }>(
    (api, { roomId, isShared }) =>
      api.send(
        isShared ? 'PUT' : 'DELETE',
        `${path}/streams/${encodeURIComponent(streamId)}/rooms/${encodeURIComponent(roomId)}`,
      ),
    { refresh: [`${path}/rooms`, `${path}/users`] },
  );
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t.lead}
      </Text>
      <Checkbox.Group label={t.rooms} value={shownIn}>
        <Stack gap="xs" mt="xs">
          {roomIds.map((roomId) => {
            const isLast = shownIn.length === 1 && shownIn[0] === roomId;
            return (
              <Checkbox
                key={roomId}
                value={roomId}
                label={roomId}
                {...(isLast ? { description: t.last } : {})}
                disabled={isLast || share.isPending}
                onChange={(event) => share.mutate({ roomId, isShared: event.currentTarget.checked })}
              />
            );
          })}
        </Stack>
      </Checkbox.Group>
    </Stack>
  );
}
