import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { type ReceivedSpan, TraceReceiver, waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/** The trace that begins with this span, once the services have sent all of it. */
async function traceOf(
  receiver: TraceReceiver,
  isFirst: (span: ReceivedSpan) => boolean,
  wanted: string[],
): Promise<ReceivedSpan[]> {
  return waitFor(
    () => {
      const first = receiver.spans.find((span) => span.parentSpanId === undefined && isFirst(span));
      const trace = first === undefined ? [] : receiver.traceOf(first);
      const shown = new Set(trace.map(describeSpan));
      return wanted.every((each) => shown.has(each)) && areConnected(trace) ? trace : undefined;
    },
    { timeoutMs: 15_000, describe: `a trace with ${wanted.join(', ')}` },
  );
}

const describeSpan = ({ service, name }: ReceivedSpan): string => `${service} ${name}`;

function areConnected(trace: ReceivedSpan[]): boolean {
  const ids = new Set(trace.map(({ spanId }) => spanId));
  return trace.every(({ parentSpanId }) => parentSpanId === undefined || ids.has(parentSpanId));
}

/** From the first span to this one. */
function pathTo(trace: ReceivedSpan[], wanted: string, kind: number): string[] {
  const byId = new Map(trace.map((span) => [span.spanId, span]));
  const path: string[] = [];
  let span = trace.find((each) => describeSpan(each) === wanted && each.kind === kind);
  for (; span !== undefined; span = byId.get(span.parentSpanId ?? '')) {
    path.unshift(describeSpan(span));
  }
  return path;
}

describe('with sampling on', () => {
  const userName = 'name-that-is-private';
  const content = 'content-that-is-private';
  let receiver: TraceReceiver;
  let cluster: TestCluster;
  let browser: Browser;
  let app: TestApp;

  beforeAll(async () => {
    receiver = await TraceReceiver.start();
    cluster = await TestCluster.withConsole({
      logLevel: 'debug',
      env: { POLYROOM_TRACE_SAMPLE: '1', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    });
    app = await cluster.createApp({ multiRoom: true });
    browser = await launchBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await cluster?.close();
    await receiver?.close();
  });

  test('a login is one trace over gateway, auth, room and media, and their stores', async () => {
    const client = await cluster.connect(0);
    const user = { userId: 'ada', userName };
    expect(await client.codeOf('room.login', loginParams(app, 'tea', 'ada', { user }))).toBe(0);
    const isLogin = ({ attributes, name }: ReceivedSpan): boolean =>
      name === 'room.login' && attributes['polyroom.room_id'] === 'tea';
    const trace = await traceOf(receiver, isLogin, [
      'auth auth/authenticate',
      'room room/login',
      'room enter',
      'media media/openSession',
      'media mediasoup router.createWebRtcTransport',
    ]);
    expect(trace.filter(({ parentSpanId }) => parentSpanId === undefined)).toHaveLength(1);
    // A request is a span of its caller and one of its receiver.
    expect(pathTo(trace, 'auth auth/authenticate', 2)).toEqual([
      'gateway room.login',
      'gateway auth/authenticate',
      'auth auth/authenticate',
    ]);
    expect(pathTo(trace, 'room enter', 3)).toEqual([
      'gateway room.login',
      'gateway room/login',
      'room room/login',
      'room enter',
    ]);
    expect(pathTo(trace, 'media mediasoup router.createWebRtcTransport', 3)).toEqual([
      'gateway room.login',
      'gateway media/openSession',
      'media media/openSession',
      'media mediasoup router.createWebRtcTransport',
    ]);
    expect(trace.find(({ name }) => name === 'enter')!.attributes).toMatchObject({
      'db.system.name': 'redis',
      'db.stored_procedure.name': 'enter',
      'server.address': '127.0.0.1',
    });
    expect(trace.find(({ name, kind }) => name === 'room/login' && kind === 3)!.attributes).toMatchObject({
      'rpc.system.name': 'polyroom',
      'rpc.method': 'room/login',
      'messaging.system.name': 'nats',
      'polyroom.app_id': app.appId,
    });
    client.close();
  });

  test('each step of a publish is one trace', async () => {
    const publisher = await BrowserUser.open(browser, cluster.cluster.consoleUrl!, {
      appId: app.appId,
      appSign: app.appSign,
      gatewayUrl: cluster.cluster.gateways[0]!.wsUrl,
      userId: 'publisher',
    });
    expect(await publisher.login('stage')).toBe(0);
    await publisher.publish('camera', 'stage');
    const isMethod =
      (method: string) =>
      ({ name }: ReceivedSpan): boolean =>
        name === method;
    const claim = await traceOf(receiver, isMethod('stream.publish'), ['room room/claimStream']);
    expect(pathTo(claim, 'room room/claimStream', 2)).toEqual([
      'gateway stream.publish',
      'gateway room/claimStream',
      'room room/claimStream',
    ]);
    const produce = await traceOf(receiver, isMethod('stream.produce'), [
      'media mediasoup transport.produce',
    ]);
    expect(pathTo(produce, 'media mediasoup transport.produce', 3)).toEqual([
      'gateway stream.produce',
      'gateway media/produce',
      'media media/produce',
      'media mediasoup transport.produce',
    ]);
    const share = await traceOf(receiver, isMethod('stream.share'), ['room room/shareStream']);
    expect(pathTo(share, 'room room/shareStream', 2)[0]).toBe('gateway stream.share');
    await publisher.close();
  });

  test('a message is a trace over messaging and JetStream', async () => {
    const client = await cluster.connect(1);
    expect(await client.codeOf('room.login', loginParams(app, 'chat', 'bob'))).toBe(0);
    const message = { roomId: 'chat', content, clientMessageId: 'm1' };
    expect(await client.codeOf('message.broadcast', message)).toBe(0);
    const trace = await traceOf(receiver, ({ name }) => name === 'message.broadcast', [
      'messaging messaging/send',
    ]);
    const stored = await waitFor(() => receiver.traceOf(trace[0]!).find(({ kind }) => kind === 4), {
      timeoutMs: 15_000,
      describe: 'the span of the entry in JetStream',
    });
    expect(pathTo(receiver.traceOf(trace[0]!), describeSpan(stored), 4)).toEqual([
      'gateway message.broadcast',
      'gateway messaging/send',
      'messaging messaging/send',
      describeSpan(stored),
    ]);
    expect(stored.attributes['messaging.system.name']).toBe('nats');
    client.close();
  });

  test('a request of REST continues the trace of its caller', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { adminToken, gateways } = cluster.cluster;
    const reply = await fetch(`${gateways[0]!.httpUrl}/v1/apps/${app.appId}`, {
      headers: {
        authorization: `Bearer ${adminToken}`,
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      },
    });
    expect(reply.status).toBe(200);
    const http = await waitFor(
      () =>
        receiver.spans.find(
          (span) => span.traceId === traceId && span.service === 'gateway' && span.kind === 2,
        ),
      { timeoutMs: 15_000, describe: 'the span of the request' },
    );
    expect(http).toMatchObject({
      service: 'gateway',
      name: 'GET /v1/apps/:appId',
      parentSpanId: '00f067aa0ba902b7',
      attributes: { 'http.response.status_code': 200, 'polyroom.app_id': app.appId },
    });
    const call = await waitFor(
      () =>
        receiver.spans.find(
          ({ attributes, traceId: id }) => id === traceId && attributes['db.system.name'] === 'postgresql',
        ),
      { timeoutMs: 15_000, describe: 'the call of the database' },
    );
    expect(call.service).toBe('auth');
  });

  test('log lines of a traced request have its IDs', async () => {
    const client = await cluster.connect(0);
    const refused = loginParams(app, 'refused', 'eve', { appSign: '0'.repeat(64) });
    expect(await client.codeOf('room.login', refused)).not.toBe(0);
    const first = await waitFor(
      () =>
        receiver.spans.find(
          ({ attributes, name }) => name === 'room.login' && attributes['polyroom.room_id'] === 'refused',
        ),
      { timeoutMs: 15_000, describe: 'the trace of the refused login' },
    );
    const processes = () =>
      cluster
        .logsWith('request refused')
        .filter((line) => line.includes(first.traceId))
        .map((line) => line.split(' ', 1)[0]!);
    await waitFor(() => processes().length >= 2, { describe: 'the lines of both' });
    expect(processes().sort()).toEqual(['auth', 'gateway-1']);
    client.close();
  });

  test('no span has the name of a user, a message or a credential', () => {
    const sent = JSON.stringify(receiver.spans);
    expect(receiver.spans.length).toBeGreaterThan(50);
    for (const secret of [userName, content, app.appSign, app.serverSecret, cluster.cluster.adminToken]) {
      expect(sent).not.toContain(secret);
    }
  });
});

test('with sampling off requests carry no header', async () => {
  const cluster = await SharedCluster.attach();
  const bus = await Bus.connect({ url: cluster.cluster.natsUrl, name: 'e2e' });
  try {
    const subjects: string[] = [];
    const headers: string[] = [];
    for (const subject of ['rpc.>', 'node.>']) {
      bus.natsConnection.subscribe(subject, {
        callback: (_error, message) => {
          subjects.push(message.subject);
          headers.push(...(message.headers?.keys() ?? []));
        },
      });
    }
    await bus.flush();
    const app = await cluster.createApp({ multiRoom: true });
    const client = await cluster.connect(0);
    expect(await client.codeOf('room.login', loginParams(app, 'tea', 'ada'))).toBe(0);
    await waitFor(() => subjects.some((subject) => subject.endsWith('room.login')), {
      describe: 'the request of the login',
    });
    expect(headers).toEqual([]);
  } finally {
    await bus.close();
    await cluster.close();
  }
});
