import { Alert, Badge, Button, DataList, Group, List, NumberInput, Stack, Switch, Text } from '@mantine/core';
import { clientErrors } from '@polyroom/contracts/client';
import { entitlementList } from '@polyroom/entitlements/list';
import { type ReactNode, useState } from 'react';
import { useAccess } from '../access.js';
import { useAct } from '../api/use-api.js';
import { type EntitlementView } from '../api/views.js';
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
  entitlements: EntitlementView[];
}

/** The switch that elsewhere is a ticket to support, and its limits. */
export function MultiRoomPanel({ appId, entitlements }: Props): ReactNode {
  const canWrite = useAccess().can('entitlements:write', appId);
  const values = new Map(entitlements.map(({ name, value }) => [name, value]));
  const stored = new Map(entitlements.map((row) => [row.name, row.stored]));
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
          <ModeSwitch appId={appId} isOn={isOn} stored={stored} />
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
          <LimitsForm key={JSON.stringify(limits)} appId={appId} limits={limits} stored={stored} />
        ) : (
          <LimitsList limits={limits} />
        )}
        <Effects canWrite={canWrite} />
      </Stack>
    </Panel>
  );
}

type StoredByName = Map<string, EntitlementView['stored']>;

/** Sets a value at once; its terms stay. */
function useSet(appId: number, stored: StoredByName) {
  return useAct<{ name: string; value: boolean | number }>(
    (api, { name, value }) =>
      api.send('PUT', `${pathOfApp(appId)}/entitlements/${name}`, {
        value,
        ...termsFromNow(stored.get(name), Date.now()),
      }),
    { refresh: [pathOfApp(appId)] },
  );
}

interface FormProps {
  appId: number;
  stored: StoredByName;
}

function ModeSwitch({ appId, isOn, stored }: FormProps & { isOn: boolean }): ReactNode {
  const set = useSet(appId, stored);
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

function LimitsForm({
  appId,
  limits,
  stored,
}: FormProps & { limits: Record<MultiRoomLimit, number> }): ReactNode {
  const set = useSet(appId, stored);
  const [drafts, setDrafts] = useState<Record<MultiRoomLimit, number | string>>(limits);
  const changed = multiRoomLimits.filter((name) => drafts[name] !== limits[name]);
  const isComplete = changed.every((name) => typeof drafts[name] === 'number');
  const save = async () => {
    for (const name of changed) {
      await set.mutateAsync({ name, value: Number(drafts[name]) });
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
