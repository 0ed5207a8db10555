import { Badge, TextInput } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { useAct } from '../api/use-api.js';
import { usePages } from '../api/use-pages.js';
import { type BanView } from '../api/views.js';
import { pathOfApp } from '../app/use-app.js';
import { HoursInput, PrivilegeSelect } from '../room/moderation.js';
import { texts } from '../texts.js';
import { ActionButton } from '../ui/action-button.js';
import { DialogButton } from '../ui/form.js';
import { Page } from '../ui/page.js';
import { PagedTable } from '../ui/paged-table.js';
import { Denied, Empty } from '../ui/states.js';
import { Time } from '../ui/time.js';
import { type Column } from '../ui/virtual-table.js';

const t = texts.bans;
const hourMs = 3_600_000;

/** The bans of an AppID that are in force. */
export function BansPage(): ReactNode {
  const { appId } = useParams({ from: '/shell/apps/$appId' });
  const { can } = useAccess();
  const path = `${pathOfApp(appId)}/bans`;
  return can('users:ban', appId) ? (
    <Page title={t.title} lead={t.lead} actions={<AddBan path={path} />}>
      <Bans path={path} />
    </Page>
  ) : (
    <Page title={t.title}>
      <Denied permission="users:ban" />
    </Page>
  );
}

function Bans({ path }: { path: string }): ReactNode {
  const pages = usePages(path, ({ bans }: { bans: BanView[]; next?: string }) => bans);
  const columns: Column<BanView>[] = [
    { key: 'who', title: t.target, width: 'minmax(0, 2fr)', cell: describe },
    {
      key: 'privilege',
      title: t.from,
      width: 'minmax(0, 1fr)',
      cell: ({ privilege }) => (
        <Badge variant="light" color="red">
          {texts.moderation.privileges[privilege]}
        </Badge>
      ),
    },
    {
      key: 'until',
      title: t.until,
      width: 'minmax(0, 1.4fr)',
      cell: ({ untilMs }) => <Time ms={untilMs} />,
    },
    {
      key: 'actions',
      title: texts.actions.title,
      width: '90px',
      cell: (ban) => (
        <ActionButton
          label={t.lift}
          buttonLabel={t.liftNamed(describe(ban))}
          act={(api) => api.send('DELETE', `${path}/${encodeURIComponent(ban.banId)}`)}
          refresh={[path]}
        />
      ),
    },
  ];
  return (
    <PagedTable
      label={t.title}
      pages={pages}
      columns={columns}
      keyOf={({ banId }) => banId}
      empty={<Empty title={t.none} />}
    />
  );
}

function describe({ userId, roomId, address }: BanView): string {
  if (address !== undefined) {
    return t.address(address);
  }
  return userId === undefined ? t.room(roomId ?? '') : t.user(userId, roomId);
}

function AddBan({ path }: { path: string }): ReactNode {
  const add = useAct<object>((api, body) => api.send('POST', path, body), { refresh: [path], quiet: true });
  return (
    <DialogButton
      label={t.add}
      title={t.addTitle}
      submit={texts.moderation.ban}
      danger
      buttonProps={{ variant: 'filled' }}
      onSubmit={async ({ userId, roomId, address, privilege, hours = '1' }) =>
        void (await add.mutateAsync({
          ...(userId === undefined ? {} : { userId }),
          ...(roomId === undefined ? {} : { roomId }),
          ...(address === undefined ? {} : { address }),
          ...(privilege === undefined || privilege === 'login' ? {} : { privilege }),
          forMs: Number(hours) * hourMs,
        }))
      }
    >
      <TextInput name="userId" label={t.userId} data-autofocus />
      <TextInput name="roomId" label={t.roomId} description={t.roomIdHint} />
      <TextInput name="address" label={t.addressLabel} description={t.addressHint} />
      <PrivilegeSelect />
      <HoursInput />
    </DialogButton>
  );
}
