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
import { type ReactNode } from 'react';
import { texts } from '../texts.js';

const t = texts.operators;

/** A role as it is being edited. */
export interface GrantDraft {
  role: Role;
  appId: string;
}

/** Drafts as the API takes them. */
export const readGrants = (drafts: GrantDraft[]): OperatorGrant[] =>
  drafts.map(({ role, appId }) =>
    appId === '' || role === 'owner' ? { role } : { role, appId: Number(appId) },
  );

export function GrantFields({
  grants,
  onChange,
}: {
  grants: GrantDraft[];
  onChange: (grants: GrantDraft[]) => void;
}): ReactNode {
  const change = (index: number, part: Partial<GrantDraft>) =>
    onChange(grants.map((grant, at) => (at === index ? { ...grant, ...part } : grant)));
  return (
    <Fieldset legend={t.roles}>
      <Stack gap="sm">
        {grants.map(({ role, appId }, index) => (
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
              onClick={() => onChange(grants.filter((_, at) => at !== index))}
            >
              <CloseIcon />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            size="xs"
            variant="default"
            onClick={() => onChange([...grants, { role: 'viewer', appId: '' }])}
          >
            {t.addRole}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
