import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { issueNativeToken } from '@polyroom/tokens';
import { type Browser } from 'playwright-core';
import { type MediaWatch, expectMediaToFlow } from './support/media-watch.js';
import { SharedCluster } from './support/shared-cluster.js';
import { type TestApp } from './support/test-cluster.js';
import { type HttpAnswer, WhipPage } from './support/whip-page.js';

/** Streams in and out over WHIP and WHEP, from a plain page, next to users of the SDK. */
let testCluster: SharedCluster;
let bus: Bus;
let browser: Browser;
let app: TestApp;
let watch: MediaWatch;
let viewer: BrowserUser;
let encoder: WhipPage;
let player: WhipPage;
let published: HttpAnswer;
let played: HttpAnswer;
let resource: string;
let encoderToken: string;
const room = 'stage#1';
const stream = 'encoder-1';

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  watch = testCluster.watchMedia(bus);
  app = await testCluster.createApp({ multiRoom: true });
  browser = await launchBrowser();
  const { consoleUrl } = testCluster.cluster;
  [viewer, encoder, player] = await Promise.all([
    BrowserUser.open(browser, consoleUrl!, {
      appId: app.appId,
      appSign: app.appSign,
      gatewayUrl: testCluster.cluster.gateways[1]!.wsUrl,
      userId: 'viewer',
    }),
    WhipPage.open(browser, elsewherePage()),
    WhipPage.open(browser, elsewherePage()),
  ]);
  encoderToken = await token('encoder');
  expect(await viewer.login(room)).toBe(0);
  published = await encoder.publish(endpoint('whip'), encoderToken);
  resource = new URL(published.location!, interop(0)).href;
  await viewer.play(stream, room);
  played = await player.play(endpoint('whep'), await token('player'));
  await Promise.all([expectMediaToFlow(viewer), expectFrames(player)]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await bus?.close();
  await testCluster?.close();
});

function token(userId: string, options: object = {}): Promise<string> {
  const { appId, serverSecret: secret } = app;
  return issueNativeToken({ appId, userId, secret, effectiveTimeSeconds: 600, ...options });
}

function interop(index: 0 | 1): string {
  return testCluster.cluster.interopUrls[index]!;
}

function endpoint(protocol: 'whip' | 'whep', options: { room?: string; stream?: string } = {}): string {
  const roomId = encodeURIComponent(options.room ?? room);
  const path = `v1/interop/apps/${app.appId}/rooms/${roomId}/streams/${options.stream ?? stream}/${protocol}`;
  return `${interop(0)}/${path}`;
}

/** A page of another origin than the endpoint's, without a CSP of its own. */
function elsewherePage(): string {
  return `${interop(1)}/openapi.json`;
}

async function expectFrames(page: WhipPage): Promise<void> {
  const before = await page.received();
  await waitFor(
    async () => {
      const now = await page.received();
      return now.frames >= before.frames + 10 && now.audioPackets >= before.audioPackets + 10;
    },
    { timeoutMs: 15_000, describe: 'frames and audio at the WHEP player' },
  );
}

async function waitForNoRooms(userId: string): Promise<void> {
  await waitFor(async () => (await testCluster.cluster.admin.listUserRooms(app.appId, userId)).length === 0, {
    describe: `${userId} to be in no room`,
  });
}

interface Refusal {
  status: number;
  code: number | undefined;
  headers: Headers;
}

async function post(
  url: string,
  body: string | undefined,
  headers: Record<string, string>,
): Promise<Refusal> {
  const response = await fetch(url, { method: 'POST', headers, ...(body === undefined ? {} : { body }) });
  const answer = (await response.json()) as { error?: { code: number } };
  return { status: response.status, code: answer.error?.code, headers: response.headers };
}

describe('WHIP and WHEP', () => {
  test('publishes from a plain page with one POST, and an SDK user sees it', async () => {
    expect(published).toMatchObject({ status: 201, etag: expect.stringMatching(/^".+"$/) });
    expect(published.body).toContain('a=ice-lite');
    await waitFor(async () => (await viewer.record()).streamUpdates.length > 0, {
      describe: 'the viewer to be notified',
    });
    expect((await viewer.record()).streamUpdates[0]).toEqual({
      roomID: room,
      updateType: 0,
      streamIDs: [stream],
    });
    await expectMediaToFlow(viewer);
    expect(await testCluster.cluster.admin.listUserRooms(app.appId, 'encoder')).toHaveLength(1);
  });

  test('plays in a plain page with one POST', async () => {
    expect(played).toMatchObject({ status: 201 });
    await expectFrames(player);
  });

  test('sends a counter-offer to a player with other payload types, which answers it', async () => {
    const page = await WhipPage.open(browser, elsewherePage());
    const answer = await page.play(endpoint('whep'), await token('other'), { codec: 'video/VP8' });
    expect(answer.status).toBe(406);
    // The payload types are the router's, and features that depend on them are included.
    expect(answer.body).toMatch(/a=rtpmap:\d+ rtx\/90000/);
    expect(answer.body).toMatch(/a=ssrc-group:FID \d+ \d+/);
    expect(answer.body).toMatch(/a=extmap:\d+ \S+transport-wide-cc-extensions/);
    expect(answer.body).not.toContain('sdes:mid');
    await expectFrames(page);
    // Closing the connection is enough: a DELETE is not required.
    await page.close();
    await waitFor(async () => (await watch.sessionOf('other')) === undefined, {
      timeoutMs: 10_000,
      describe: 'the session of the closed player to end',
    });
    await page.page.close();
  });

  test('accepts trickled candidates and ICE restarts at any gateway', async () => {
    const elsewhere = resource.replace(interop(0), interop(1));
    const patch = (ifMatch: string | undefined): Promise<Response> =>
      fetch(elsewhere, {
        method: 'PATCH',
        headers: {
          authorization: `Bearer ${encoderToken}`,
          'content-type': 'application/trickle-ice-sdpfrag',
          ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        },
        body: 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n',
      });
    expect((await patch(undefined)).status).toBe(428);
    expect((await patch('"another"')).status).toBe(412);
    const restarted = await encoder.restartIce(elsewhere, encoderToken);
    expect(restarted.status).toBe(200);
    expect((await patch(restarted.etag!)).status).toBe(204);
    await expectFrames(player);
    await expectMediaToFlow(viewer);
  });

  test('ends a stream for all viewers with a DELETE at another gateway', async () => {
    const [own, watching] = await Promise.all([
      WhipPage.open(browser, elsewherePage()),
      WhipPage.open(browser, elsewherePage()),
    ]);
    const ownToken = await token('deleter');
    const { location, status } = await own.publish(endpoint('whip', { stream: 'deleted' }), ownToken);
    expect(status).toBe(201);
    expect(
      (await watching.play(endpoint('whep', { stream: 'deleted' }), await token('watching'))).status,
    ).toBe(201);
    await expectFrames(watching);
    const elsewhere = new URL(location!, interop(1)).href;
    const foreign = await fetch(elsewhere, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${await token('somebody')}` },
    });
    expect(foreign.status).toBe(401);
    const headers = { authorization: `Bearer ${ownToken}` };
    expect((await fetch(elsewhere, { method: 'DELETE', headers })).status).toBe(200);
    expect((await fetch(elsewhere, { method: 'DELETE', headers })).status).toBe(404);
    const isRemoved = (update: { updateType: number; streamIDs: string[] }) =>
      update.updateType === 1 && update.streamIDs.includes('deleted');
    await waitFor(async () => (await viewer.record()).streamUpdates.some(isRemoved), {
      describe: 'the viewer to lose the stream',
    });
    for (const userId of ['watching', 'deleter']) {
      await waitFor(async () => (await watch.sessionOf(userId)) === undefined, {
        describe: `the session of ${userId} to end`,
      });
    }
    await waitForNoRooms('deleter');
    await Promise.all([own.page.close(), watching.page.close()]);
  });

  test('cleans up after an encoder that disappears', async () => {
    const own = await WhipPage.open(browser, elsewherePage());
    const answer = await own.publish(endpoint('whip', { stream: 'lost' }), await token('disappearing'));
    expect(answer.status).toBe(201);
    const session = () => watch.sessionOf('disappearing');
    await waitFor(async () => (await session())?.upstreams.length === 1, { describe: 'the stream' });
    await waitFor(
      async () => (await session())?.transports.some(({ dtlsState }) => dtlsState === 'connected'),
      { timeoutMs: 10_000, describe: 'the encoder to connect' },
    );
    await own.close();
    await waitFor(async () => (await session()) === undefined, {
      timeoutMs: 30_000,
      describe: 'its session to end',
    });
    await waitForNoRooms('disappearing');
    await own.page.close();
  });

  test('ends an encoder when its token expires', async () => {
    const page = await WhipPage.open(browser, elsewherePage());
    const short = await token('short', { effectiveTimeSeconds: 6 });
    expect((await page.publish(endpoint('whip', { stream: 'short-1' }), short)).status).toBe(201);
    expect((await watch.sessionOf('short'))?.upstreams).toHaveLength(1);
    await waitFor(async () => (await watch.sessionOf('short')) === undefined, {
      timeoutMs: 30_000,
      describe: 'its session to end',
    });
    await waitForNoRooms('short');
    await page.close();
  });

  test('refuses with an HTTP status and our code', async () => {
    const sdpType = { 'content-type': 'application/sdp' };
    const bearer = async (userId: string, options: object = {}) => ({
      authorization: `Bearer ${await token(userId, options)}`,
    });
    const whip = endpoint('whip', { stream: 'refused' });
    const offer = await encoder.page.evaluate(async () => {
      const peer = new RTCPeerConnection();
      peer.addTransceiver('video', { direction: 'sendonly' });
      await peer.setLocalDescription();
      const { sdp } = peer.localDescription!;
      peer.close();
      return sdp;
    });

    const noToken = await post(whip, offer, sdpType);
    expect(noToken).toMatchObject({ status: 401, code: 1002067 });
    expect(noToken.headers.get('www-authenticate')).toBe('Bearer');
    expect(await post(whip, offer, { ...sdpType, authorization: 'Bearer nonsense' })).toMatchObject({
      status: 401,
      code: 1002033,
    });
    const listener = await bearer('x', { rooms: [{ roomId: room, rights: ['login', 'subscribe'] }] });
    expect(await post(whip, offer, { ...sdpType, ...listener })).toMatchObject({
      status: 403,
      code: 1002082,
    });
    const otherStream = await bearer('x', { streams: ['mine'] });
    expect(await post(whip, offer, { ...sdpType, ...otherStream })).toMatchObject({
      status: 403,
      code: 1002082,
    });
    const x = await bearer('x');
    expect(await post(whip, '{}', { 'content-type': 'application/json', ...x })).toMatchObject({
      status: 415,
    });
    expect(await post(whip, 'x'.repeat(70_000), { ...sdpType, ...x })).toMatchObject({ status: 413 });
    for (const wrong of [
      'nonsense',
      'v=0\r\n',
      offer.replace('sendonly', 'recvonly'),
      offer.replaceAll('a=fingerprint', 'a=x'),
    ]) {
      expect(await post(whip, wrong, { ...sdpType, ...x })).toMatchObject({ status: 422, code: 1190601 });
    }
    const whep = endpoint('whep', { stream: 'never-published' });
    const recvOffer = offer.replace('sendonly', 'recvonly');
    expect(await post(whep, recvOffer, { ...sdpType, ...x })).toMatchObject({ status: 404, code: 1004002 });
    const mute = await bearer('x', { rooms: [{ roomId: room, rights: ['login', 'publish'] }] });
    expect(await post(whep, recvOffer, { ...sdpType, ...mute })).toMatchObject({
      status: 403,
      code: 1004025,
    });

    const options = await fetch(whip, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('accept-post')]).toEqual([204, 'application/sdp']);
    // Refused requests leave no session behind.
    await waitFor(async () => (await watch.sessionOf('x')) === undefined, {
      timeoutMs: 5000,
      describe: 'the refused sessions to end',
    });
    await waitForNoRooms('x');
  });

  test('refuses a stream ID in use', async () => {
    const second = await WhipPage.open(browser, elsewherePage());
    const answer = await second.publish(endpoint('whip'), await token('second'));
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 1003028 } });
    await waitFor(async () => (await watch.sessionOf('second')) === undefined, {
      describe: 'the refused session to end',
    });
  });

  test('accepts simulcast layers by their RIDs, and sends one of them to a player', async () => {
    const layered = await WhipPage.open(browser, elsewherePage());
    const published = await layered.publish(endpoint('whip', { stream: 'layers' }), await token('layered'), {
      rids: ['small', 'large'],
    });
    expect(published.status).toBe(201);
    expect(published.body).toContain('a=simulcast:recv small;large');
    const viewing = await WhipPage.open(browser, elsewherePage());
    const played = await viewing.play(endpoint('whep', { stream: 'layers' }), await token('viewing'));
    expect(played.status).toBe(201);
    await expectFrames(viewing);
  });
});
