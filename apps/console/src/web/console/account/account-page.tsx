import { DataList, SimpleGrid, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode } from 'react';
import { useOperator } from '../access.js';
import { useRead, useServices } from '../api/use-api.js';
import { type OperatorSession, type Passkey } from '../api/views.js';
import { PasswordForm } from '../sign-in/password-form.js';
import { texts } from '../texts.js';
import { Page, Panel } from '../ui/page.js';
import { Loaded } from '../ui/states.js';
import { PasskeyPanel } from './passkey-panel.js';
import { SessionList } from './session-list.js';
import { TotpPanel } from './totp-panel.js';

const t = texts.account;

/** The own account: password, second factor, passkeys and sessions. */
export function AccountPage(): ReactNode {
  const { api } = useServices();
  const queryClient = useQueryClient();
  const operator = useOperator();
  const sessions = useRead<{ sessions: OperatorSession[] }>('/session/list');
  const passkeys = useRead<{ passkeys: Passkey[] }>('/session/passkeys');
  if (operator === undefined) {
    return null;
  }
  return (
    <Page title={t.title}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="lg">
          <Panel title={operator.name}>
            <DataList orientation="horizontal" size="sm" labelWidth={72}>
              <Fact label={t.email}>{operator.email}</Fact>
              <Fact label={t.roles}>{operator.grants.map(texts.describeGrant).join(', ') || t.noRoles}</Fact>
            </DataList>
          </Panel>
          <Panel title={t.sessions} lead={t.sessionsLead}>
            <Loaded query={sessions}>
              {(reply) => (
                <SessionList
                  sessions={reply.sessions}
                  refresh="/session/list"
                  end={(sessionId) => api.send('DELETE', `/session/list/${sessionId}`)}
                />
              )}
            </Loaded>
          </Panel>
          <Loaded query={passkeys}>{(reply) => <PasskeyPanel passkeys={reply.passkeys} />}</Loaded>
        </Stack>
        {operator.hasPassword && (
          <Stack gap="lg">
            <Panel title={t.password} lead={t.passwordLead}>
              <PasswordForm onDone={() => queryClient.invalidateQueries({ queryKey: ['/session/list'] })} />
            </Panel>
            <TotpPanel hasTotp={operator.hasTotp} />
          </Stack>
        )}
      </SimpleGrid>
    </Page>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <DataList.Item>
      <DataList.ItemLabel>{label}</DataList.ItemLabel>
      <DataList.ItemValue className="wrap-anywhere">{children}</DataList.ItemValue>
    </DataList.Item>
  );
}
