import { expect, test } from '@jest/globals';
import { auditRpc } from '@polyroom/contracts';
import { listFiles, readText } from './repository.js';

/** Auth writes these itself. Other services report theirs: `reportedActions`. */
const ownFolders = ['apps/auth/src', 'libs/persistence/src'];
/** Names of the same form that are no actions: files, and the cookie of an operator. */
const isOther = (name: string) => /^polyroom\.|\.(prisma|sql|toml|wasm)$/.test(name);

test('docs/operations.md lists every action of the audit, and no other', () => {
  const own = ownFolders
    .flatMap((folder) => listFiles(folder, ['.ts']))
    .filter((file) => !file.endsWith('.spec.ts'))
    .flatMap((file) => [...readText(file).matchAll(/'([a-z]\w*\.[a-z]\w*)'/g)].map(([, name]) => name!))
    .filter((name) => !isOther(name));
  expect(own).toEqual(expect.arrayContaining(['app.create', 'admin.signIn', 'operator.signIn']));
  const actions = new Set([...own, ...Object.keys(auditRpc.reportedActions)]);
  const [section] = /^## Read the audit$.*?(?=^## )/ms.exec(readText('docs/operations.md'))!;
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const listed = rows.flatMap((row) => [...row.matchAll(/`(\w+\.\w+)`/g)].map(([, name]) => name!));
  expect(listed.toSorted()).toEqual([...actions].toSorted());
});
