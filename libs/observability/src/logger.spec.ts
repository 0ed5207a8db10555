import { expect, test } from '@jest/globals';
import { createLogger } from './index.js';

function keep(): { lines: string[]; write(line: string): void } {
  const lines: string[] = [];
  return { lines, write: (line) => void lines.push(line) };
}

test('a line names its service and shows no secret, however deep it stands', () => {
  const output = keep();
  const logger = createLogger('room', 'info', output);
  logger.info({ token: 'hidden', request: { appSign: 'hidden', user: { serverSecret: 'hidden' } } }, 'said');
  logger.child({ password: 'hidden' }).info({ headers: { authorization: 'hidden', host: 'shown' } }, 'said');
  expect(output.lines.join('')).not.toContain('hidden');
  expect(output.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({ service: 'room', level: 30, msg: 'said' }),
    expect.objectContaining({ service: 'room', headers: { authorization: '[redacted]', host: 'shown' } }),
  ]);
});

test('an error shows neither the arguments of its command nor credentials of an address', () => {
  const output = keep();
  const logger = createLogger('room', 'info', output);
  const refused = Object.assign(new Error('WRONGPASS'), {
    command: { name: 'auth', args: ['hidden'] },
    input: 'nats://u:hidden@a,v:hidden@b',
  });
  logger.error({ err: refused }, 'Redis');
  logger.error({ err: Object.assign(new Error('no node'), { lastNodeError: refused }) }, 'Redis');
  logger.error({ err: new Error('outer', { cause: new Error('at redis://:hidden@a') }) }, 'Redis');
  expect(output.lines).toHaveLength(3);
  expect(output.lines.join('')).toContain('WRONGPASS');
  expect(output.lines.join('')).not.toContain('hidden');
});

test('what is below the level is not written', () => {
  const output = keep();
  createLogger('room', 'warn', output).info('said');
  expect(output.lines).toEqual([]);
});
