import { Badge, Group, NativeSelect, NumberInput, Stack, Switch, Text, TextInput } from '@mantine/core';
import { type EntitlementSpec, entitlementList, isEntitlementName } from '@polyroom/entitlements/list';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useAccess } from '../access.js';
import { type Api } from '../api/api.js';
import { useAct } from '../api/use-api.js';
import { type EntitlementView } from '../api/views.js';
import { texts } from '../texts.js';
import { DialogButton, type Fields } from '../ui/form.js';
import { ActionButton } from '../ui/action-button.js';
import { Page } from '../ui/page.js';
import { Denied, Loaded } from '../ui/states.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';
import { describeStored, describeValue } from './describe-stored.js';
import { readFieldTime, toFieldTime, withoutExpired } from './entitlement-terms.js';
import { pathOfApp, useEntitlements } from './use-app.js';

const t = texts.limits;
type Value = EntitlementView['value'];

const specOf = (name: string): EntitlementSpec | undefined =>
  isEntitlementName(name) ? entitlementList[name] : undefined;

/** The descriptions are written for the documentation. */
const withoutMarkup = (text: string): string => text.replace(/[*`]/g, '');

/** Every entitlement of an AppID. */
export function LimitsPage(): ReactNode {
  const { appId } = useParams({ from: '/shell/apps/$appId' });
  const { can } = useAccess();
  const canRead = can('entitlements:read', appId);
  const canWrite = can('entitlements:write', appId);
  const entitlements = useEntitlements(appId);
  return (
    <Page title={t.title} lead={t.lead}>
      {canRead ? (
        <Loaded query={entitlements} rows={8}>
          {({ entitlements: rows, version }) => (
            <VirtualTable
              label={t.title}
              columns={canWrite ? [...columns, actionsColumn(appId, version)] : columns}
              rows={rows}
              keyOf={({ name }) => name}
              maxHeight="75vh"
            />
          )}
        </Loaded>
      ) : (
        <Denied permission="entitlements:read" />
      )}
    </Page>
  );
}

const columns: Column<EntitlementView>[] = [
  { key: 'name', title: t.name, width: 'minmax(0, 3fr)', cell: (row) => <Name entitlement={row} /> },
  { key: 'value', title: t.value, width: 'minmax(0, 2fr)', cell: (row) => <ValueCell entitlement={row} /> },
];

const actionsColumn = (appId: number, version: number): Column<EntitlementView> => ({
  key: 'actions',
  title: texts.actions.title,
  width: '180px',
  cell: (row) => <Actions appId={appId} version={version} entitlement={row} />,
});

function Name({ entitlement: { name } }: { entitlement: EntitlementView }): ReactNode {
  const description = specOf(name)?.description;
  return (
    <>
      <Text size="sm" fw={500}>
        {name}
      </Text>
      {description !== undefined && (
        <Text size="xs" c="dimmed">
          {withoutMarkup(description)}
        </Text>
      )}
    </>
  );
}

function ValueCell({
  entitlement: { value, overridden, stored },
}: {
  entitlement: EntitlementView;
}): ReactNode {
  const hasTerms = stored !== undefined && Object.keys(stored).length > 1;
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Text size="sm" fw={overridden ? 600 : 400}>
          {describeValue(value)}
        </Text>
        <Badge size="sm" variant="light" color={overridden ? 'indigo' : 'gray'}>
          {overridden ? t.set : texts.states.default}
        </Badge>
      </Group>
      {hasTerms && (
        <Text size="xs" c="dimmed">
          {t.stored(describeStored(stored))}
        </Text>
      )}
    </Stack>
  );
}

interface RowProps {
  appId: number;
  /** Of the entitlements that are shown: a change of a newer version is refused. */
  version: number;
  entitlement: EntitlementView;
}

function Actions({ appId, version, entitlement }: RowProps): ReactNode {
  const { name, overridden, stored } = entitlement;
  const set = (api: Api, body: object) =>
    api.send('PUT', `${pathOfApp(appId)}/entitlements/${name}`, body, { ifVersion: version });
  const change = useAct<object>(set, { refresh: [pathOfApp(appId)], quiet: true });
  const save = async ({ from, until, note, ...fields }: Fields) => {
    const kept = withoutExpired(stored, Date.now());
    await change.mutateAsync({
      value: readValue(name, fields['value']),
      fromMs: readFieldTime(from, kept?.fromMs),
      untilMs: readFieldTime(until, kept?.untilMs),
      note,
    });
  };
  return (
    <Group gap="xs" justify="flex-end">
      <DialogButton
        label={texts.actions.change}
        buttonLabel={t.changeNamed(name)}
        title={name}
        submit={texts.actions.save}
        buttonProps={{ size: 'xs' }}
        onSubmit={save}
      >
        {/* A change made elsewhere starts the fields again. */}
        <LimitFields key={JSON.stringify(entitlement)} entitlement={entitlement} />
      </DialogButton>
      {(overridden || stored !== undefined) && (
        <ActionButton
          label={t.reset}
          buttonLabel={t.resetNamed(name)}
          act={(api) => set(api, { value: null })}
          refresh={[pathOfApp(appId)]}
        />
      )}
    </Group>
  );
}

function LimitFields({ entitlement: { name, value, stored } }: { entitlement: EntitlementView }): ReactNode {
  const [kept] = useState(() => withoutExpired(stored, Date.now()));
  return (
    <>
      <ValueInput name={name} value={kept?.value ?? value} />
      <TextInput
        type="datetime-local"
        name="from"
        label={t.from}
        description={t.fromHint}
        defaultValue={toFieldTime(kept?.fromMs)}
      />
      <TextInput
        type="datetime-local"
        name="until"
        label={t.until}
        description={t.untilHint}
        defaultValue={toFieldTime(kept?.untilMs)}
      />
      <TextInput name="note" label={t.note} maxLength={200} defaultValue={kept?.note ?? ''} />
    </>
  );
}

/** The value of the field that ValueInput shows. */
function readValue(name: string, text: string | undefined): Value {
  const type = specOf(name)?.type;
  if (type === 'boolean') {
    return text !== undefined;
  }
  const value = type === 'choice' ? text : Number(text);
  // Not a number: JSON would turn it into null, which resets the limit.
  if (value === undefined || Number.isNaN(value)) {
    throw new Error(t.valueMissing);
  }
  return value;
}

function ValueInput({ name, value }: { name: string; value: Value }): ReactNode {
  const spec = specOf(name);
  const common = {
    name: 'value',
    label: t.value,
    ...(spec === undefined ? {} : { description: withoutMarkup(spec.description) }),
  };
  switch (spec?.type) {
    case 'boolean':
      return <Switch {...common} defaultChecked={value === true} />;
    case 'choice':
      return <NativeSelect {...common} data={[...spec.choices]} defaultValue={String(value)} />;
    default:
      return (
        <NumberInput
          {...common}
          defaultValue={typeof value === 'number' ? value : ''}
          allowDecimal={false}
          {...(spec === undefined ? {} : { min: spec.min, max: spec.max })}
        />
      );
  }
}
