import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OperatorGrant } from '@polyroom/contracts/authority';
import { waitFor } from '@polyroom/testing';
import { type Page } from 'playwright-core';
import { appPath, type OpenConsole, openConsole } from '../test/open-console.js';
import { type StubGateway } from '../test/stub-gateway.js';

let opened: OpenConsole;
let stub: StubGateway;
let page: Page;

beforeAll(async () => {
  opened = await openConsole();
  ({ stub, page } = opened);
});
afterAll(() => opened?.close());

const open = (path: string, complete: string): Promise<void> => opened.open(path, complete);

test('changes of limits keep their terms', async () => {
  const { stored } = stub.data.state;
  const terms = { fromMs: Date.now() - 3_723_004, untilMs: Date.now() + 86_400_000, note: 'Trial' };
  stored.set('multiRoom', { value: false, ...terms });
  stored.set('maxRoomsPerUser', { value: 8, ...terms });
  await open(`${appPath}/limits`, 'Trial');
  await page.getByRole('button', { name: 'Change maxRoomsPerUser', exact: true }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByLabel('Note').inputValue()).toBe('Trial');
  await dialog.getByLabel('Value').fill('9');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(stored.get('maxRoomsPerUser')).toEqual({ value: 9, ...terms });

  await open(appPath, 'Allow multi-room mode');
  await page.getByRole('switch', { name: 'Allow multi-room mode' }).click();
  await page.getByText('One user may be in 9 rooms at once').waitFor();
  expect(stored.get('multiRoom')).toEqual({ value: true, ...terms });
  await page.getByLabel('Rooms per user').fill('7');
  await page.getByLabel('Members per room').fill('50');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await page.getByText('One user may be in 7 rooms at once').waitFor();
  expect(stored.get('maxRoomsPerUser')).toEqual({ value: 7, ...terms });
  await waitFor(() => stored.has('maxMembersPerRoom'), { describe: 'the second limit' });
  expect(stored.get('maxMembersPerRoom')).toEqual({ value: 50 });
});

test('a limit that was changed meanwhile is shown, and not overwritten', async () => {
  const { state } = stub.data;
  const limit = 'maxMembersPerRoom';
  const changeMeanwhile = (value: number) => {
    state.meanwhile = () => {
      state.stored.set(limit, { value, note: `Contract ${value}` });
      state.version++;
    };
  };
  const refused = 'The limits of the app were changed meanwhile.';
  await open(`${appPath}/limits`, limit);
  await page.getByRole('button', { name: `Change ${limit}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Value').fill('10');
  changeMeanwhile(20);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText(refused).waitFor();
  expect(await dialog.getByLabel('Value').inputValue()).toBe('20');
  expect(await dialog.getByLabel('Note').inputValue()).toBe('Contract 20');
  await dialog.getByLabel('Value').fill('30');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(state.stored.get(limit)).toEqual({ value: 30, note: 'Contract 20' });

  changeMeanwhile(40);
  await page.getByRole('button', { name: `Reset ${limit} to the default` }).click();
  await page.getByText(refused).waitFor();
  expect(state.stored.get(limit)).toEqual({ value: 40, note: 'Contract 40' });

  // Without the notification.
  await page.reload();
  await open(appPath, 'Allow multi-room mode');
  await page.getByLabel('Members per room').fill('50');
  changeMeanwhile(60);
  await page.getByRole('button', { name: 'Save limits' }).click();
  await page.getByText(refused).waitFor();
  await page.locator(`#${limit}[value="60"]`).waitFor();
  expect(state.stored.get(limit)).toEqual({ value: 60, note: 'Contract 60' });
});

test('roles are edited from their current state each time the dialog opens', async () => {
  await open('/operators', 'bo@example.com');
  const dialog = page.getByRole('dialog');
  const bo = page.locator('[data-email="bo@example.com"]');
  const editRoles = () => bo.getByRole('button', { name: 'Roles' }).click();
  await editRoles();
  await dialog.getByRole('button', { name: 'Add a role' }).click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  // Another operator changes the roles; the page reads them again after the next act.
  const grants: OperatorGrant[] = [{ role: 'operator', appId: 1_000_000_002 }];
  stub.data.state.grantsOfBo = grants;
  await page.getByRole('button', { name: 'Enable cy@example.com' }).click();
  await bo.getByText('operator of AppID 1000000002').waitFor();
  await editRoles();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(stub.data.state.grantsOfBo).toEqual(grants);
});

interface DialogCase {
  name: string;
  path: string;
  /** What is clicked before the dialog is cancelled. */
  changed: string;
  fields?: Record<string, string>;
  /** What is clicked when it is open again. */
  chosen?: string;
  sent: object;
}

test.each<DialogCase>([
  {
    name: 'Add operator',
    path: '/operators',
    changed: 'Add a role',
    fields: { 'E-mail': 'di@example.com' },
    sent: { grants: [{ role: 'viewer' }] },
  },
  {
    name: 'Create API key',
    path: `${appPath}/api-keys`,
    changed: 'rooms:read',
    chosen: 'messages:delete',
    sent: { permissions: ['messages:delete'] },
  },
  {
    name: 'Create app',
    path: '/apps',
    changed: 'Polyroom tokens',
    sent: { credentialKinds: ['native', 'token04'] },
  },
])('the dialog $name starts afresh after it was cancelled', async (dialogCase) => {
  const { name, path, changed, fields, chosen, sent } = dialogCase;
  await open(path, name);
  const dialog = page.getByRole('dialog');
  const openDialog = page.getByRole('button', { name, exact: true });
  await openDialog.click();
  await dialog.getByText(changed, { exact: true }).click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  await openDialog.click();
  for (const [label, text] of Object.entries({ Name: 'Di', ...fields })) {
    await dialog.getByLabel(label, { exact: true }).fill(text);
  }
  if (chosen !== undefined) {
    await dialog.getByText(chosen, { exact: true }).click();
  }
  await dialog.getByRole('button', { name, exact: true }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(stub.data.state.created.at(-1)).toMatchObject({ name: 'Di', ...sent });
});

test('a message is deleted after a confirmation, and its row stays without the text', async () => {
  await open(`${appPath}/rooms/room-0000?tab=messages`, 'A longer message');
  const row = page.getByRole('row').filter({ hasText: 'A longer message' }).first();
  await row.getByRole('button', { name: /^Delete a message from / }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('A longer message').waitFor();
  expect(stub.data.state.deletedMessages.size).toBe(0);
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('row').getByText('Deleted', { exact: true }).waitFor();
  expect([...stub.data.state.deletedMessages]).toEqual(['1003']);
});

test('an operator without messages:delete gets no button for it', async () => {
  stub.data.state.grants = [{ role: 'viewer' }];
  await page.reload();
  await page.getByText('Hello', { exact: true }).first().waitFor();
  expect(await page.getByRole('button', { name: /^Delete a message from / }).count()).toBe(0);
});

test('no page reports a problem', () => {
  expect(opened.problems).toEqual([]);
});
