import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { Emitter } from './emitter.js';

type Events = { sent: [number: number] };

const run = promisify(execFile);

test('keeps the SDK’s listeners, which run first, when the application removes all of its own', () => {
  const application = new Emitter<Events>();
  const events = new Emitter<Events>(application);
  const calls: string[] = [];
  application.on('sent', (number) => calls.push(`application ${number}`));
  events.on('sent', (number) => calls.push(`sdk ${number}`));
  events.emit('sent', 1);
  application.off('sent');
  events.emit('sent', 2);
  expect(calls).toEqual(['sdk 1', 'application 1', 'sdk 2']);
});

test('rethrows a listener’s error as uncaught, after all other listeners have run', async () => {
  const emitter = new URL('../dist/emitter.js', import.meta.url).href;
  // In a process of its own, because Jest reports uncaught errors as failures.
  const script = `
    import { Emitter } from ${JSON.stringify(emitter)};
    const application = new Emitter();
    const events = new Emitter(application);
    process.on('uncaughtException', (error) => console.log('uncaught', error.message));
    events.on('sent', () => { throw new Error('of the SDK'); });
    application.on('sent', () => { throw new Error('of the application'); });
    application.on('sent', (number) => console.log('sent', number));
    events.emit('sent', 1);
    events.emit('sent', 2);
    console.log('emitted');
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  expect(stdout.trim().split('\n')).toEqual([
    'sent 1',
    'sent 2',
    'emitted',
    'uncaught of the SDK',
    'uncaught of the application',
    'uncaught of the SDK',
    'uncaught of the application',
  ]);
});
