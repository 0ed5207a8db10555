import { expect, test } from '@jest/globals';
import { createLogger } from './index.js';

function keep(): { lines: string[]; write(line: string): void } {
  const lines: string[] = [];
  return { lines, write: (line) => void lines.push(line) };
}

test('writes the service name and redacts secrets at any depth', () => {
  const output = keep();
  const logger = createLogger('room', 'info', output);
  logger.info(
    { token: 'hidden', request: { appSign: 'hidden', user: { serverSecret: 'hidden' } } },
    'connected',
  );
  logger
    .child({ password: 'hidden' })
    .info({ headers: { authorization: 'hidden', host: 'shown' } }, 'connected');
  expect(output.lines.join('')).not.toContain('hidden');
  expect(output.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({ service: 'room', level: 30, msg: 'connected' }),
    expect.objectContaining({ service: 'room', headers: { authorization: '[redacted]', host: 'shown' } }),
  ]);
});

test('redacts command arguments and address credentials in errors', () => {
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

test('writes nothing below the level', () => {
  const output = keep();
  createLogger('room', 'warn', output).info('connected');
  expect(output.lines).toEqual([]);
});
