import { Badge, Group, Stack, Text, TextInput } from '@mantine/core';
import { type OperatorGrant } from '@polyroom/contracts/authority';
import { type ReactNode } from 'react';
import { useAccess, useOperator } from '../access.js';
import { useAct, useRead, useServices } from '../api/use-api.js';
import { type OperatorSession, type OperatorView } from '../api/views.js';
import { SessionList } from '../account/session-list.js';
import { texts } from '../texts.js';
import { ActionButton } from '../ui/action-button.js';
import { DialogButton } from '../ui/form.js';
import { Page, Panel } from '../ui/page.js';
import { CopyBox, ShownOnce } from '../ui/secret.js';
import { Denied, Loaded } from '../ui/states.js';
import { GrantFields, readGrants } from './grant-fields.js';

const t = texts.operators;
const path = '/operators';
const pathOf = ({ operatorId }: OperatorView): string => `${path}/${operatorId}`;

type TemporaryPassword = { operator: OperatorView; temporaryPassword: string };

const shown = ({ operator, temporaryPassword }: TemporaryPassword): ReactNode => (
  <ShownOnce>
    <Text size="sm">{t.temporaryPasswordLead(operator.email)}</Text>
    <CopyBox id="temporary-password" label={t.temporaryPassword} value={temporaryPassword} />
  </ShownOnce>
);

/** Accounts of operators and their roles. */
export function OperatorsPage(): ReactNode {
  const { can } = useAccess();
  const operators = useRead<{ operators: OperatorView[] }>(can('operators:read') ? path : undefined);
  if (!can('operators:read')) {
    return (
      <Page title={t.title}>
        <Denied permission="operators:read" />
      </Page>
    );
  }
  return (
    <Page title={t.title} lead={t.lead} actions={can('operators:write') && <AddOperator />}>
      <Loaded query={operators}>
        {(reply) => (
          <Stack gap="md">
            {reply.operators.map((operator) => (
              <OperatorPanel key={operator.operatorId} operator={operator} />
            ))}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function AddOperator(): ReactNode {
  const add = useAct<object, TemporaryPassword>((api, operator) => api.send('POST', path, operator), {
    refresh: [path],
    quiet: true,
  });
  return (
    <DialogButton
      label={t.add}
      title={t.addTitle}
      buttonProps={{ variant: 'filled' }}
      onSubmit={async ({ email, name, ...fields }) =>
        shown(await add.mutateAsync({ email, name, grants: readGrants(fields) }))
      }
    >
      <TextInput
        id="operator-email"
        name="email"
        type="email"
        label={t.email}
        required
        withAsterisk={false}
      />
      <TextInput
        id="operator-name"
        name="name"
        label={t.name}
        required
        maxLength={100}
        withAsterisk={false}
      />
      <GrantFields initial={[{ role: 'viewer' }]} />
    </DialogButton>
  );
}

function OperatorPanel({ operator }: { operator: OperatorView }): ReactNode {
  const { can } = useAccess();
  const isSelf = useOperator()?.operatorId === operator.operatorId;
  const { email, name, grants, enabled, mustChangePassword, hasTotp, passkeys } = operator;
  return (
    <div data-email={email}>
      <Panel title={name} lead={email} actions={can('operators:write') && <Manage operator={operator} />}>
        <Group gap="xs">
          {!enabled && (
            <Badge color="red" variant="light">
              {t.disabled}
            </Badge>
          )}
          {isSelf && <Badge variant="light">{t.you}</Badge>}
          {grants.map((grant) => (
            <Badge key={grant.appId ?? 0} variant="default" tt="none">
              {texts.describeGrant(grant)}
            </Badge>
          ))}
          {mustChangePassword && (
            <Badge color="yellow" variant="light">
              {t.temporary}
            </Badge>
          )}
          <Text size="sm" c="dimmed">
            {t.factors(hasTotp, passkeys)}
          </Text>
        </Group>
      </Panel>
    </div>
  );
}

function Manage({ operator }: { operator: OperatorView }): ReactNode {
  const { email, enabled, hasPassword, hasTotp, passkeys } = operator;
  return (
    <>
      <ChangeRoles operator={operator} />
      <DialogButton
        label={t.sessions}
        title={t.sessionsOf(email)}
        submit={t.endAll}
        danger
        buttonProps={{ size: 'xs' }}
        onSubmit={useEndAll(operator)}
      >
        <Sessions operator={operator} />
      </DialogButton>
      {hasPassword && <ResetPassword operator={operator} />}
      {(hasTotp || passkeys > 0) && <ResetFactors operator={operator} />}
      <ActionButton
        label={enabled ? t.disable : t.enable}
        buttonLabel={enabled ? t.disableNamed(email) : t.enableNamed(email)}
        {...(enabled ? { color: 'red', variant: 'light' } : {})}
        act={(api) => api.send('PUT', `${pathOf(operator)}/enabled`, { enabled: !enabled })}
        refresh={[path]}
      />
    </>
  );
}

function ChangeRoles({ operator }: { operator: OperatorView }): ReactNode {
  const change = useAct<OperatorGrant[]>(
    (api, grants) => api.send('PUT', `${pathOf(operator)}/grants`, { grants }),
    { refresh: [path], quiet: true, done: t.rolesChanged },
  );
  return (
    <DialogButton
      label={t.changeRoles}
      title={t.rolesOf(operator.email)}
      submit={texts.actions.save}
      buttonProps={{ size: 'xs' }}
      onSubmit={async (fields) => void (await change.mutateAsync(readGrants(fields)))}
    >
      {/* Roles that are changed elsewhere start the fields again. */}
      <GrantFields key={JSON.stringify(operator.grants)} initial={operator.grants} />
    </DialogButton>
  );
}

function ResetPassword({ operator }: { operator: OperatorView }): ReactNode {
  const reset = useAct<void, TemporaryPassword>(
    (api) => api.send('POST', `${pathOf(operator)}/password-reset`),
    { refresh: [path], quiet: true },
  );
  return (
    <DialogButton
      label={t.resetPassword}
      title={t.resetPasswordOf(operator.email)}
      submit={t.resetPassword}
      danger
      buttonProps={{ size: 'xs' }}
      onSubmit={async () => shown(await reset.mutateAsync())}
    >
      <Text size="sm">{t.resetPasswordText}</Text>
    </DialogButton>
  );
}

function ResetFactors({ operator }: { operator: OperatorView }): ReactNode {
  const reset = useAct<void>((api) => api.send('DELETE', `${pathOf(operator)}/factors`), {
    refresh: [path],
    quiet: true,
  });
  return (
    <DialogButton
      label={t.resetFactors}
      title={t.resetFactorsOf(operator.email)}
      submit={t.resetFactors}
      danger
      buttonProps={{ size: 'xs' }}
      onSubmit={async () => void (await reset.mutateAsync())}
    >
      <Text size="sm">{t.resetFactorsText}</Text>
    </DialogButton>
  );
}

function useEndAll(operator: OperatorView): () => Promise<void> {
  const endAll = useAct<void>((api) => api.send('DELETE', `${pathOf(operator)}/sessions`), {
    refresh: [pathOf(operator)],
    quiet: true,
    done: t.allEnded,
  });
  return async () => void (await endAll.mutateAsync());
}

/** Mounted, and read, when the dialog opens. */
function Sessions({ operator }: { operator: OperatorView }): ReactNode {
  const { api } = useServices();
  const sessionsPath = `${pathOf(operator)}/sessions`;
  const sessions = useRead<{ sessions: OperatorSession[] }>(sessionsPath);
  return (
    <Loaded query={sessions}>
      {(reply) => (
        <SessionList
          sessions={reply.sessions}
          refresh={sessionsPath}
          end={(sessionId) => api.send('DELETE', `${sessionsPath}/${sessionId}`)}
        />
      )}
    </Loaded>
  );
}
