import { Checkbox, Group, NumberInput, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useAccess } from '../access.js';
import { Password } from '../sign-in/password-form.js';
import { texts } from '../texts.js';
import { type Fields, Form } from '../ui/form.js';
import { Page, Panel } from '../ui/page.js';
import { CopyBox } from '../ui/secret.js';
import { Denied } from '../ui/states.js';
import { signToken, tokenRights } from './sign-token.js';

const t = texts.tokenMaker;
const hourSeconds = 3600;
const secretBytes = 32;

/** Makes tokens for tests and support. Application servers sign their own. */
export function TokenMakerPage(): ReactNode {
  const { appId } = useParams({ from: '/shell/apps/$appId' });
  const { can } = useAccess();
  return (
    <Page title={t.title} lead={t.lead}>
      {can('secrets:read', appId) ? <TokenMaker appId={appId} /> : <Denied permission="secrets:read" />}
    </Page>
  );
}

function TokenMaker({ appId }: { appId: number }): ReactNode {
  const [rights, setRights] = useState<string[]>([...tokenRights]);
  const [token, setToken] = useState<string>();
  if (!isSecureContext) {
    return <Text c="dimmed">{t.needsHttps}</Text>;
  }
  const make = async ({ userId = '', secret = '', hours = '1', rooms = '', maxRooms }: Fields) => {
    if (new TextEncoder().encode(secret).length !== secretBytes) {
      throw new Error(t.secretLength);
    }
    setToken(
      await signToken({
        appId,
        userId,
        secret,
        validSeconds: Math.round(Number(hours) * hourSeconds),
        roomIds: rooms
          .split(',')
          .map((room) => room.trim())
          .filter((room) => room !== ''),
        rights,
        ...(maxRooms === undefined ? {} : { maxRooms: Number(maxRooms) }),
      }),
    );
  };
  return (
    <>
      <Panel title={t.content}>
        <Form label={t.title} submit={t.make} onSubmit={make}>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput name="userId" label={t.userId} required withAsterisk={false} maxLength={63} />
            <NumberInput name="hours" label={t.hours} defaultValue={1} min={0.1} max={576} />
            <TextInput name="rooms" label={t.rooms} description={t.roomsHint} />
            <NumberInput
              name="maxRooms"
              label={t.maxRooms}
              description={t.maxRoomsHint}
              min={1}
              allowDecimal={false}
            />
          </SimpleGrid>
          <Checkbox.Group label={t.rights} description={t.rightsHint} value={rights} onChange={setRights}>
            <Group mt="xs">
              {tokenRights.map((right) => (
                <Checkbox key={right} value={right} label={right} />
              ))}
            </Group>
          </Checkbox.Group>
          <Password
            id="server-secret"
            name="secret"
            label={t.secret}
            description={t.secretHint}
            autoComplete="off"
          />
        </Form>
      </Panel>
      {token !== undefined && (
        <Panel title={t.token}>
          <CopyBox id="made-token" label={t.token} value={token} />
        </Panel>
      )}
    </>
  );
}
