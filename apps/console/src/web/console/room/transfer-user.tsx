import { Checkbox, Radio, Stack, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useAct } from '../api/use-api.js';
import { pathOfApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { DialogButton } from '../ui/form.js';

const t = texts.transfer;
type Way = 'move' | 'copy';

interface Transfer {
  way: Way;
  to: string;
  shareStreams: boolean;
}

/** Takes a user from one of its rooms into another, instead of it or in addition. */
export function TransferUser({
  appId,
  roomId,
  userId,
}: {
  appId: number;
  roomId: string;
  userId: string;
}): ReactNode {
  const transfer = useAct<Transfer>(
    (api, { way, to, shareStreams }) =>
      api.send('POST', `${pathOfApp(appId)}/users/${encodeURIComponent(userId)}/${way}`, {
        from: roomId,
        to,
        ...(way === 'copy' ? { shareStreams } : {}),
      }),
    {
      refresh: [`${pathOfApp(appId)}/rooms`, `${pathOfApp(appId)}/users`],
      quiet: true,
      done: ({ way, to }) => t.done[way](userId, to),
    },
  );
  return (
    <DialogButton
      label={t.button}
      buttonLabel={t.buttonOf(userId, roomId)}
      title={t.title(userId)}
      submit={t.submit}
      buttonProps={{ size: 'xs' }}
      onSubmit={async ({ way, to = '', shareStreams }) =>
        void (await transfer.mutateAsync({
          way: way === 'copy' ? 'copy' : 'move',
          to: to.trim(),
          shareStreams: shareStreams !== undefined,
        }))
      }
    >
      <TransferFields roomId={roomId} />
    </DialogButton>
  );
}

function TransferFields({ roomId }: { roomId: string }): ReactNode {
  const [way, setWay] = useState<Way>('move');
  return (
    <>
      <TextInput name="to" label={t.to} required withAsterisk={false} maxLength={128} data-autofocus />
      <Radio.Group name="way" label={t.way} value={way} onChange={(value) => setWay(value as Way)}>
        <Stack gap="xs" mt="xs">
          {(['move', 'copy'] as const).map((value) => (
            <Radio key={value} value={value} label={t.ways[value]} description={t.wayHints[value](roomId)} />
          ))}
        </Stack>
      </Radio.Group>
      {way === 'copy' && <Checkbox name="shareStreams" label={t.shareStreams} defaultChecked />}
    </>
  );
}
