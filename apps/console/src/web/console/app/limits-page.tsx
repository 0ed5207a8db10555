import { Badge, Group, NativeSelect, NumberInput, Stack, Switch, Text, TextInput } from '@mantine/core';
import { type EntitlementSpec, entitlementList, isEntitlementName } from '@polyroom/entitlements/list';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useAccess } from '../access.js';
import { useAct } from '../api/use-api.js';
import { type EntitlementView } from '../api/views.js';
import { texts } from '../texts.js';
import { DialogButton, type Fields } from '../ui/form.js';
import { ActionButton } from '../ui/action-button.js';
import { Page } from '../ui/page.js';
import { Denied, Loaded } from '../ui/states.js';
import { type Column, VirtualTable } from '../ui/virtual-table.js';
import { describeStored, describeValue } from './describe-stored.js';
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
  const columns: Column<EntitlementView>[] = [
    { key: 'name', title: t.name, width: 'minmax(0, 3fr)', cell: (row) => <Name entitlement={row} /> },
    { key: 'value', title: t.value, width: 'minmax(0, 2fr)', cell: (row) => <ValueCell entitlement={row} /> },
    ...(canWrite
      ? [
          {
            key: 'actions',
            title: texts.actions.title,
            width: '180px',
            cell: (row: EntitlementView) => <Actions appId={appId} entitlement={row} />,
          },
        ]
      : []),
  ];
  return (
    <Page title={t.title} lead={t.lead}>
      {canRead ? (
        <Loaded query={entitlements} rows={8}>
          {(rows) => (
            <VirtualTable
              label={t.title}
              columns={columns}
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
  entitlement: EntitlementView;
}

function Actions({ appId, entitlement: { name, value, overridden, stored } }: RowProps): ReactNode {
  const path = `${pathOfApp(appId)}/entitlements/${name}`;
  const [draft, setDraft] = useState<Value>(value);
  const change = useAct<object>((api, body) => api.send('PUT', path, body), {
    refresh: [pathOfApp(appId)],
    quiet: true,
  });
  const save = async ({ from, until, note }: Fields) => {
    if (draft === '') {
      throw new Error(t.valueMissing);
    }
    await change.mutateAsync({
      value: draft,
      ...(from === undefined ? {} : { fromMs: Date.parse(from) }),
      ...(until === undefined ? {} : { untilMs: Date.parse(until) }),
      ...(note === undefined ? {} : { note }),
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
        <ValueInput name={name} value={draft} onChange={setDraft} />
        <TextInput type="datetime-local" name="from" label={t.from} description={t.fromHint} />
        <TextInput type="datetime-local" name="until" label={t.until} description={t.untilHint} />
        <TextInput name="note" label={t.note} maxLength={200} />
      </DialogButton>
      {(overridden || stored !== undefined) && (
        <ActionButton
          label={t.reset}
          buttonLabel={t.resetNamed(name)}
          act={(api) => api.send('PUT', path, { value: null })}
          refresh={[pathOfApp(appId)]}
        />
      )}
    </Group>
  );
}

function ValueInput({
  name,
  value,
  onChange,
}: {
  name: string;
  value: Value;
  onChange: (value: Value) => void;
}): ReactNode {
  const spec = specOf(name);
  const description = spec === undefined ? undefined : withoutMarkup(spec.description);
  switch (spec?.type) {
    case 'boolean':
      return (
        <Switch
          label={t.value}
          description={description}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <NativeSelect
          label={t.value}
          description={description}
          data={[...spec.choices]}
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    default:
      return (
        <NumberInput
          label={t.value}
          description={description}
          value={typeof value === 'number' ? value : ''}
          allowDecimal={false}
          {...(spec === undefined ? {} : { min: spec.min, max: spec.max })}
          onChange={(number) => onChange(typeof number === 'number' ? number : '')}
        />
      );
  }
}
