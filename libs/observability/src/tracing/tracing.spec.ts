import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AppError } from '@polyroom/contracts';
import { type ReceivedSpan, TraceReceiver, waitFor } from '@polyroom/testing';
import {
  createLogger,
  currentTrace,
  HttpSpan,
  inTrace,
  startTracing,
  stopTracing,
  traceCall,
  traceHandler,
  traceRequest,
} from '../index.js';

const run = promisify(execFile);
const caller = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const failures: string[] = [];
let receiver: TraceReceiver;

beforeEach(async () => {
  receiver = await TraceReceiver.start();
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = receiver.url;
});
afterEach(async () => {
  await stopTracing();
  await receiver.close();
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  failures.length = 0;
});

function start(sample: number): Promise<void> {
  const onFailure = (reason: string): void => void failures.push(reason);
  return startTracing({ service: 'spec', version: '1.2.3', sample, onFailure });
}

function span(name: string): ReceivedSpan {
  const found = receiver.spans.filter((each) => each.name === name);
  expect([name, found.length]).toEqual([name, 1]);
  return found[0]!;
}

test('without sampling work runs, and nothing is measured', async () => {
  await start(0);
  const seen = traceRequest(
    () => ({ name: 'request' }),
    ({ traceparent }) => [traceparent, currentTrace()],
  );
  expect(seen).toEqual([undefined, undefined]);
  await stopTracing();
  expect(receiver.headers).toEqual([]);
});

/** Starts tracing in a process of its own, and returns the files of the SDK that it loads. */
async function loadedBy(sample: number): Promise<string[]> {
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({
      load: (url, context, next) => {
        // The API alone is loaded by prom-client.
        if (/@opentelemetry.(?!api[/])/.test(url)) console.log(url);
        return next(url, context);
      },
    });
    const { startTracing } = await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url))});
    await startTracing({ service: 'spec', version: '1', sample: ${sample}, onFailure: () => {} });
    process.exit();`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  return stdout.split('\n').filter((line) => line !== '');
}

test('without sampling the SDK is not loaded', async () => {
  expect(await loadedBy(0)).toEqual([]);
  expect(await loadedBy(0.01)).not.toEqual([]);
});

test('a request is a trace with its calls, and one in another process continues it', async () => {
  await start(1);
  let sent: string | undefined;
  await traceRequest(
    () => ({ name: 'request', kind: 'server', attributes: { 'polyroom.app_id': 7 } }),
    async () => {
      await traceCall(
        () => ({ name: 'call', kind: 'client' }),
        async ({ traceparent }) => {
          sent = traceparent;
          await delay(1);
        },
      );
      traceCall(
        () => ({ name: 'second call' }),
        () => 'at once',
      );
    },
  );
  expect(sent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  await traceHandler(
    sent,
    () => ({ name: 'handler', kind: 'server' }),
    async () => {
      await delay(1);
      traceCall(
        () => ({ name: 'store' }),
        () => undefined,
      );
    },
  );
  await stopTracing();
  const request = span('request');
  expect(request).toMatchObject({
    service: 'spec',
    kind: 2,
    parentSpanId: undefined,
    isFailed: false,
    attributes: { 'polyroom.app_id': 7 },
  });
  expect(span('call')).toMatchObject({ kind: 3, parentSpanId: request.spanId });
  expect(span('second call')).toMatchObject({ kind: 1, parentSpanId: request.spanId });
  expect(span('handler').parentSpanId).toBe(span('call').spanId);
  expect(span('store').parentSpanId).toBe(span('handler').spanId);
  expect(new Set(receiver.spans.map(({ traceId }) => traceId)).size).toBe(1);
});

test.each([undefined, '', 'nonsense', `${caller.slice(0, 3)}${'0'.repeat(32)}${caller.slice(35)}`])(
  'a handler is no part of the trace %p',
  async (traceparent) => {
    await start(1);
    traceHandler(
      traceparent,
      () => ({ name: 'handler' }),
      () => undefined,
    );
    await stopTracing();
    expect(receiver.spans.filter(({ parentSpanId }) => parentSpanId !== undefined)).toEqual([]);
  },
);

test('only a part of the requests is traced', async () => {
  await start(0.5);
  for (let index = 0; index < 400; index++) {
    traceRequest(
      () => ({ name: 'request' }),
      () => undefined,
    );
  }
  await stopTracing();
  // Six standard deviations.
  expect(receiver.spans.length).toBeGreaterThan(140);
  expect(receiver.spans.length).toBeLessThan(260);
});

test('an error shows its name and never its text; only ours is a failure', async () => {
  await start(1);
  const refuse = (error: Error) => () => Promise.reject(error);
  const ours = new Error('with the content of a message');
  await expect(traceRequest(() => ({ name: 'ours' }), refuse(ours))).rejects.toBe(ours);
  const theirs = new AppError('ADMIN_APP_NOT_FOUND', { details: { name: 'secret' } });
  await expect(traceRequest(() => ({ name: 'theirs' }), refuse(theirs))).rejects.toBe(theirs);
  await stopTracing();
  expect(span('ours')).toMatchObject({ isFailed: true, attributes: { 'error.type': 'Error' } });
  expect(span('theirs')).toMatchObject({
    isFailed: false,
    attributes: { 'error.type': 'ADMIN_APP_NOT_FOUND' },
  });
  expect(JSON.stringify(receiver.spans)).not.toMatch(/content|secret/);
});

test('what a request leaves running belongs to no trace after its reply', async () => {
  await start(1);
  let later: Promise<unknown> | undefined;
  const replied = Promise.withResolvers<void>();
  await traceRequest(
    () => ({ name: 'request' }),
    async () => {
      later = replied.promise.then(() => {
        traceCall(
          () => ({ name: 'late' }),
          () => undefined,
        );
        return currentTrace();
      });
      await Promise.resolve();
    },
  );
  replied.resolve();
  expect(await later).toBeUndefined();
  await stopTracing();
  expect(receiver.spans.map(({ name }) => name)).toEqual(['request']);
});

test('work that requests share is a part of the one that it is given', async () => {
  await start(1);
  const shared: (() => void)[] = [];
  const open = Promise.withResolvers<void>();
  const call = (name: string) => () =>
    traceCall(
      () => ({ name }),
      () => undefined,
    );
  const request = traceRequest(
    () => ({ name: 'request' }),
    () => {
      const trace = currentTrace();
      shared.push(() => inTrace(trace, call('its own')));
      return open.promise;
    },
  );
  traceRequest(
    () => ({ name: 'other' }),
    () => {
      shared.forEach((work) => work());
      inTrace(undefined, call('of none'));
    },
  );
  open.resolve();
  await request;
  await stopTracing();
  expect(span('its own').parentSpanId).toBe(span('request').spanId);
  expect(receiver.spans.map(({ name }) => name).sort()).toEqual(['its own', 'other', 'request']);
});

test('a request over HTTP continues the trace of its caller', async () => {
  await start(1);
  const http = HttpSpan.begin(() => ({ name: 'GET /route', kind: 'server' }), caller);
  http?.run(() =>
    traceCall(
      () => ({ name: 'call' }),
      () => undefined,
    ),
  );
  http?.end(503, true);
  await stopTracing();
  expect(span('GET /route')).toMatchObject({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
    isFailed: true,
    attributes: { 'http.response.status_code': 503, 'error.type': '503' },
  });
  expect(span('call').parentSpanId).toBe(span('GET /route').spanId);
});

test('a caller over HTTP cannot demand a trace', async () => {
  await start(Number.MIN_VALUE);
  expect(HttpSpan.begin(() => ({ name: 'GET /route' }), caller)).toBeUndefined();
});

test('log lines of a traced request have its IDs', async () => {
  await start(1);
  const lines: string[] = [];
  const logger = createLogger('spec', 'info', { write: (line) => void lines.push(line) });
  logger.info('before');
  const traceparent = traceRequest(
    () => ({ name: 'request' }),
    (running) => {
      logger.info('during');
      return running.traceparent!;
    },
  );
  const [, traceId, spanId] = traceparent.split('-');
  const [before, during] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(before).not.toHaveProperty('trace_id');
  expect(during).toMatchObject({ msg: 'during', trace_id: traceId, span_id: spanId });
});

describe('a collector that refuses', () => {
  test('is reported once, and does not concern requests', async () => {
    receiver.status = 400;
    await start(1);
    const request = () =>
      traceRequest(
        () => ({ name: 'request' }),
        () => 'done',
      );
    expect(request()).toBe('done');
    await waitFor(() => failures.length > 0, { timeoutMs: 10_000, describe: 'the failure' });
    expect(request()).toBe('done');
    await waitFor(() => receiver.headers.length > 1, { timeoutMs: 10_000, describe: 'a second attempt' });
    expect(failures).toHaveLength(1);
  });
});
