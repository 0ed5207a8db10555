import { Alert, Badge, Button, DataList, Group, List, NumberInput, Stack, Switch, Text } from '@mantine/core';
import { clientErrors } from '@polyroom/contracts/client';
import { entitlementList } from '@polyroom/entitlements/list';
import { type ReactNode, useState } from 'react';
import { useAccess } from '../access.js';
import { useAct } from '../api/use-api.js';
import { type EntitlementList } from '../api/views.js';
import { texts } from '../texts.js';
import { FormDialog } from '../ui/form.js';
import { InfoIcon } from '../ui/icons.js';
import { Panel } from '../ui/page.js';
import { termsFromNow } from './entitlement-terms.js';
import { multiRoomLimits, type MultiRoomLimit } from './multi-room.js';
import { pathOfApp } from './use-app.js';

const t = texts.multiRoom;
const notEnabled = clientErrors.ROOM_LOGIN_MULTI_ROOM_NOT_OPEN;
const tooMany = clientErrors.ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT;

interface Props {
  appId: number;
  list: EntitlementList;
}

/** The switch that elsewhere is a ticket to support, and its limits. */
export function MultiRoomPanel({ appId, list }: Props): ReactNode {
  const canWrite = useAccess().can('entitlements:write', appId);
  const values = new Map(list.entitlements.map(({ name, value }) => [name, value]));
  const isOn = values.get('multiRoom') === true;
  const limits = Object.fromEntries(
    multiRoomLimits.map((name) => [name, Number(values.get(name))]),
  ) as Record<MultiRoomLimit, number>;
  return (
    <Panel
      title={t.title}
      lead={t.lead}
      actions={
        canWrite ? (
          <ModeSwitch appId={appId} list={list} isOn={isOn} />
        ) : (
          <Badge size="lg" variant="light" color={isOn ? 'indigo' : 'gray'} data-mode={isOn ? 'on' : 'off'}>
            {isOn ? texts.states.on : texts.states.off}
          </Badge>
        )
      }
    >
      <Stack gap="lg">
        <Alert
          color={isOn ? 'indigo' : 'yellow'}
          icon={<InfoIcon />}
          title={isOn ? t.onTitle(limits.maxRoomsPerUser) : t.offTitle}
          data-mode={isOn ? 'on' : 'off'}
        >
          {isOn
            ? t.onText(limits.maxRoomsPerUser, tooMany.code, tooMany.summary)
            : t.offText(notEnabled.code, notEnabled.summary)}
        </Alert>
        {canWrite ? (
          // New values of others start the fields again.
          <LimitsForm key={JSON.stringify(limits)} appId={appId} list={list} limits={limits} />
        ) : (
          <LimitsList limits={limits} />
        )}
        <Effects canWrite={canWrite} />
      </Stack>
    </Panel>
  );
}

interface Change {
  name: string;
  value: boolean | number;
  ifVersion?: number;
}

/** Sets a value at once; its terms stay. Refused if the limits were changed since they were read. */
function useSet({ appId, list }: Props) {
  return useAct<Change, { version: number }>(
    (api, { name, value, ifVersion = list.version }) => {
      const stored = list.entitlements.find((row) => row.name === name)?.stored;
      const body = { value, ...termsFromNow(stored, Date.now()) };
      return api.send('PUT', `${pathOfApp(appId)}/entitlements/${name}`, body, { ifVersion });
    },
    { refresh: [pathOfApp(appId)] },
  );
}

function ModeSwitch({ isOn, ...props }: Props & { isOn: boolean }): ReactNode {
  const set = useSet(props);
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Switch
        size="md"
        label={t.switch}
        checked={isOn}
        disabled={set.isPending}
        onChange={() => (isOn ? setIsAsking(true) : set.mutate({ name: 'multiRoom', value: true }))}
      />
      <FormDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t.turnOffTitle}
        submit={t.turnOff}
        danger
        onSubmit={async () => void (await set.mutateAsync({ name: 'multiRoom', value: false }))}
      >
        <Text size="sm">{t.turnOffText(notEnabled.code)}</Text>
      </FormDialog>
    </>
  );
}

function LimitsForm({ limits, ...props }: Props & { limits: Record<MultiRoomLimit, number> }): ReactNode {
  const set = useSet(props);
  const [drafts, setDrafts] = useState<Record<MultiRoomLimit, number | string>>(limits);
  const changed = multiRoomLimits.filter((name) => drafts[name] !== limits[name]);
  const isComplete = changed.every((name) => typeof drafts[name] === 'number');
  const save = async () => {
    let ifVersion = props.list.version;
    for (const name of changed) {
      ({ version: ifVersion } = await set.mutateAsync({ name, value: Number(drafts[name]), ifVersion }));
    }
  };
  return (
    <form
      aria-label={t.limits}
      onSubmit={(event) => {
        event.preventDefault();
        // A failure is shown as a notification.
        void save().catch(() => undefined);
      }}
    >
      <Group align="flex-end" gap="md">
        {multiRoomLimits.map((name) => (
          <NumberInput
            key={name}
            id={name}
            label={t.limitNames[name]}
            description={t.limitHints[name]}
            min={entitlementList[name].min}
            max={entitlementList[name].max}
            allowDecimal={false}
            value={drafts[name]}
            onChange={(value) => setDrafts({ ...drafts, [name]: value })}
            className="limit-input"
          />
        ))}
        <Button type="submit" loading={set.isPending} disabled={changed.length === 0 || !isComplete}>
          {t.saveLimits}
        </Button>
      </Group>
    </form>
  );
}

function LimitsList({ limits }: { limits: Record<MultiRoomLimit, number> }): ReactNode {
  return (
    <DataList orientation="horizontal" size="sm">
      {multiRoomLimits.map((name) => (
        <DataList.Item key={name}>
          <DataList.ItemLabel>{t.limitNames[name]}</DataList.ItemLabel>
          <DataList.ItemValue>
            {limits[name] === 0 ? texts.states.noLimit : limits[name].toLocaleString()}
          </DataList.ItemValue>
        </DataList.Item>
      ))}
    </DataList>
  );
}

function Effects({ canWrite }: { canWrite: boolean }): ReactNode {
  return (
    <Stack gap={4}>
      <Text fw={500} size="sm">
        {t.effectsTitle}
      </Text>
      <List size="sm">
        {t.effects.map((effect) => (
          <List.Item key={effect}>{effect}</List.Item>
        ))}
      </List>
      {!canWrite && (
        <Text size="sm" c="dimmed">
          {t.ownersOnly}
        </Text>
      )}
    </Stack>
  );
}
