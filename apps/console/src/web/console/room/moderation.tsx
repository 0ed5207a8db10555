import { NativeSelect, NumberInput, Text, TextInput } from '@mantine/core';
import { type ReactNode } from 'react';
import { useAct } from '../api/use-api.js';
import { pathOfApp } from '../app/use-app.js';
import { texts } from '../texts.js';
import { DialogButton } from '../ui/form.js';

const t = texts.moderation;
const hourMs = 3_600_000;
const minuteSeconds = 60;

interface UserProps {
  appId: number;
  userId: string;
  /** Omitted: in all rooms. */
  roomId?: string;
}

export function KickUser({ appId, roomId, userId }: UserProps): ReactNode {
  const user = encodeURIComponent(userId);
  const path =
    roomId === undefined
      ? `${pathOfApp(appId)}/users/${user}/rooms`
      : `${pathOfApp(appId)}/rooms/${encodeURIComponent(roomId)}/members/${user}`;
  const kick = useAct<object>((api, body) => api.send('DELETE', path, body), {
    refresh: [`${pathOfApp(appId)}/rooms`, `${pathOfApp(appId)}/users`],
    quiet: true,
    done: t.kicked(userId),
  });
  return (
    <DialogButton
      label={t.kick}
      buttonLabel={t.kickNamed(userId)}
      title={t.kickNamed(userId)}
      submit={t.kick}
      danger
      buttonProps={{ size: 'xs' }}
      onSubmit={async ({ reason, blockMinutes = '0' }) =>
        void (await kick.mutateAsync({
          ...(reason === undefined ? {} : { reason }),
          ...(Number(blockMinutes) === 0 ? {} : { blockSeconds: Number(blockMinutes) * minuteSeconds }),
        }))
      }
    >
      <Text size="sm">{roomId === undefined ? t.kickFromAll : t.kickFrom(roomId)}</Text>
      <TextInput name="reason" label={t.reason} description={t.reasonHint} />
      <NumberInput
        name="blockMinutes"
        label={t.block}
        description={t.blockHint}
        defaultValue={0}
        min={0}
        max={1440}
        allowDecimal={false}
      />
    </DialogButton>
  );
}

export function BanUser({ appId, roomId, userId }: UserProps): ReactNode {
  const path = `${pathOfApp(appId)}/bans`;
  const ban = useAct<object>((api, body) => api.send('POST', path, body), {
    refresh: [path, `${pathOfApp(appId)}/rooms`, `${pathOfApp(appId)}/users`],
    quiet: true,
    done: t.banned(userId),
  });
  return (
    <DialogButton
      label={t.ban}
      buttonLabel={t.banNamed(userId)}
      title={t.banNamed(userId)}
      submit={t.ban}
      danger
      buttonProps={{ size: 'xs' }}
      onSubmit={async ({ scope, privilege, hours = '1' }) =>
        void (await ban.mutateAsync({
          userId,
          ...(scope === 'room' ? { roomId } : {}),
          ...(privilege === undefined || privilege === 'login' ? {} : { privilege }),
          forMs: Number(hours) * hourMs,
        }))
      }
    >
      {roomId !== undefined && (
        <NativeSelect
          name="scope"
          label={t.scope}
          data={[
            { value: 'room', label: t.scopes.room(roomId) },
            { value: 'app', label: t.scopes.app },
          ]}
        />
      )}
      <PrivilegeSelect />
      <HoursInput />
    </DialogButton>
  );
}

export function PrivilegeSelect(): ReactNode {
  return (
    <NativeSelect
      name="privilege"
      label={t.privilege}
      data={(['login', 'publish', 'play'] as const).map((value) => ({ value, label: t.privileges[value] }))}
    />
  );
}

export function HoursInput(): ReactNode {
  return (
    <NumberInput name="hours" label={t.hours} description={t.hoursHint} defaultValue={1} min={0.1} max={24} />
  );
}
