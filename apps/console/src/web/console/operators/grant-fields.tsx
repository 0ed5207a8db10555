import {
  ActionIcon,
  Button,
  CloseIcon,
  Fieldset,
  Group,
  NativeSelect,
  Stack,
  TextInput,
} from '@mantine/core';
import { type OperatorGrant, type Role, roleNames } from '@polyroom/contracts/authority';
import { type ReactNode, useState } from 'react';
import { texts } from '../texts.js';
import { type Fields } from '../ui/form.js';

const t = texts.operators;

/** A role as it is being edited. */
interface GrantDraft {
  role: Role;
  appId: string;
}

const toDraft = ({ role, appId }: OperatorGrant): GrantDraft => ({
  role,
  appId: appId === undefined ? '' : String(appId),
});

const toGrant = ({ role, appId }: GrantDraft): OperatorGrant =>
  appId === '' || role === 'owner' ? { role } : { role, appId: Number(appId) };

/** The roles of a form with GrantFields, as the API takes them. */
export const readGrants = ({ grants = '[]' }: Fields): OperatorGrant[] =>
  JSON.parse(grants) as OperatorGrant[];

/** Edits roles in a form. The drafts start with `initial` each time the dialog opens. */
export function GrantFields({ initial }: { initial: OperatorGrant[] }): ReactNode {
  const [drafts, setDrafts] = useState(() => initial.map(toDraft));
  const change = (index: number, part: Partial<GrantDraft>) =>
    setDrafts(drafts.map((draft, at) => (at === index ? { ...draft, ...part } : draft)));
  return (
    <Fieldset legend={t.roles}>
      <input type="hidden" name="grants" value={JSON.stringify(drafts.map(toGrant))} />
      <Stack gap="sm">
        {drafts.map(({ role, appId }, index) => (
          <Group key={index} gap="xs" wrap="nowrap">
            <NativeSelect
              aria-label={t.role}
              data={roleNames.map((name) => ({ value: name, label: texts.roles[name] }))}
              value={role}
              onChange={(event) => change(index, { role: event.currentTarget.value as Role })}
            />
            <TextInput
              aria-label={t.roleAppId}
              placeholder={t.allApps}
              inputMode="numeric"
              pattern="[0-9]{1,10}"
              value={role === 'owner' ? '' : appId}
              disabled={role === 'owner'}
              onChange={(event) => change(index, { appId: event.currentTarget.value })}
            />
            <ActionIcon
              variant="default"
              size="input-sm"
              aria-label={t.removeRole}
              onClick={() => setDrafts(drafts.filter((_, at) => at !== index))}
            >
              <CloseIcon />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            size="xs"
            variant="default"
            onClick={() => setDrafts([...drafts, { role: 'viewer', appId: '' }])}
          >
            {t.addRole}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
