import { Button, Group, TextInput } from '@mantine/core';
import { useParams, useRouter } from '@tanstack/react-router';
import { type SubmitEvent, type ReactNode } from 'react';
import { useAccess } from '../access.js';
import { texts } from '../texts.js';
import { Page, Panel } from '../ui/page.js';
import { Denied } from '../ui/states.js';

const t = texts.users;

/** A user is found by its ID: users exist while they are in rooms. */
export function UsersPage(): ReactNode {
  const { appId } = useParams({ from: '/shell/apps/$appId' });
  const { can } = useAccess();
  const router = useRouter();
  const open = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const userId = new FormData(event.currentTarget).get('userId');
    if (typeof userId === 'string') {
      void router.navigate({ to: '/apps/$appId/users/$userId', params: { appId, userId } });
    }
  };
  return (
    <Page title={t.title} lead={t.lead}>
      {can('rooms:read', appId) ? (
        <Panel title={t.find} lead={t.findLead}>
          <form aria-label={t.find} onSubmit={open}>
            <Group align="flex-end" gap="sm">
              <TextInput name="userId" label={t.userId} required withAsterisk={false} className="search" />
              <Button type="submit">{t.open}</Button>
            </Group>
          </form>
        </Panel>
      ) : (
        <Denied permission="rooms:read" />
      )}
    </Page>
  );
}
