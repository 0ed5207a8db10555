import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { launchBrowser } from '@polyroom/cluster';
import { type Browser } from 'playwright-core';
import { SamplePage } from './support/sample-page.js';
import { SharedCluster } from './support/shared-cluster.js';
import { type TestApp } from './support/test-cluster.js';

/** The two scenarios for which ZEGO recommends several rooms, as the sample applications play them. */
let testCluster: SharedCluster;
let browser: Browser;
let app: TestApp;

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  [app, browser] = await Promise.all([testCluster.createApp({ multiRoom: true }), launchBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await testCluster?.close();
});

const open = (sample: string, answers: Record<string, string>): Promise<SamplePage> =>
  SamplePage.open(browser, testCluster.cluster.consoleUrl!, sample, app, answers);

async function closeAll(pages: Record<string, SamplePage>): Promise<void> {
  expect(Object.values(pages).flatMap(({ problems }) => problems)).toEqual([]);
  await Promise.all(Object.values(pages).map((page) => page.close()));
}

test('cross-room co-hosting: two hosts, and the viewers of both rooms play both', async () => {
  const enter = (user: string, role: string, room: string): Promise<SamplePage> =>
    open('co-hosting', { user, role, room });
  const [ada, bob, vera, will] = await Promise.all([
    enter('ada', 'host', 'kitchen'),
    enter('bob', 'host', 'garden'),
    enter('vera', 'viewer', 'kitchen'),
    enter('will', 'viewer', 'garden'),
  ]);
  const pages = { ada: ada!, bob: bob!, vera: vera!, will: will! };
  const all = Object.values(pages);
  await pages.vera.expectLive(['ada-camera']);
  await pages.will.expectLive(['bob-camera']);
  await pages.ada.expectLive([]);

  await pages.ada.page.fill('input[name=partner]', 'garden');
  await pages.ada.page.click('text=Invite');
  await pages.bob.page.click('text=Co-host with kitchen');
  await pages.vera.expectLive(['ada-camera', 'bob-camera']);
  await pages.will.expectLive(['ada-camera', 'bob-camera']);
  await pages.ada.expectLive(['bob-camera']);
  await pages.bob.expectLive(['ada-camera']);
  for (const page of all) {
    await page.expectRooms(['garden', 'kitchen']);
  }

  // A chat stays in its room, although the viewers are in both.
  await pages.vera.say('kitchen', 'hello from the kitchen');
  await pages.ada.expectChat('kitchen', 'hello from the kitchen');
  await pages.will.say('garden', 'hello from the garden');
  await pages.bob.expectChat('garden', 'hello from the garden');
  expect(await pages.bob.chatOf('garden')).not.toContain('kitchen');

  await pages.bob.page.click('text=Stop co-hosting');
  await pages.vera.expectLive(['ada-camera']);
  await pages.will.expectLive(['bob-camera']);
  await pages.ada.expectRooms(['kitchen']);
  await pages.bob.expectRooms(['garden']);
  await pages.ada.page.waitForSelector('text=Invite');
  await closeAll(pages);
});

test('super small class: all play the teacher, groups talk among themselves, the assistant visits', async () => {
  const enter = (user: string, role: string, group = ''): Promise<SamplePage> =>
    open('small-class', { user, role, class: 'physics', group });
  const [teacher, ann, ben, cleo, assistant] = await Promise.all([
    enter('teacher', 'teacher'),
    enter('ann', 'student', 'group-1'),
    enter('ben', 'student', 'group-1'),
    enter('cleo', 'student', 'group-2'),
    enter('assistant', 'assistant'),
  ]);
  const pages = { teacher: teacher!, ann: ann!, ben: ben!, cleo: cleo!, assistant: assistant! };
  await pages.ann.expectLive(['ben-camera', 'teacher-camera']);
  await pages.ben.expectLive(['ann-camera', 'teacher-camera']);
  await pages.cleo.expectLive(['teacher-camera']);
  await pages.teacher.expectLive([]);
  await pages.ann.expectRooms(['physics', 'physics-group-1']);

  await pages.ann.say('physics-group-1', 'only the group');
  await pages.ben.expectChat('physics-group-1', 'only the group');
  await pages.teacher.say('physics', 'open page nine');
  await pages.cleo.expectChat('physics', 'open page nine');
  expect(await pages.cleo.chatOf('physics-group-2')).toBe('');

  // One camera, shown in two groups.
  await pages.assistant.page.check('text=Visit physics-group-1');
  await pages.assistant.page.check('text=Visit physics-group-2');
  await pages.assistant.expectLive(['ann-camera', 'ben-camera', 'cleo-camera']);
  await pages.ann.expectLive(['assistant-camera', 'ben-camera', 'teacher-camera']);
  await pages.cleo.expectLive(['assistant-camera', 'teacher-camera']);
  await pages.teacher.expectLive([]);

  await pages.cleo.page.click('text=Speak to the class');
  await pages.teacher.expectLive(['cleo-camera']);
  await pages.ann.expectLive(['assistant-camera', 'ben-camera', 'cleo-camera', 'teacher-camera']);
  await pages.cleo.page.click('text=Back to the group');
  await pages.teacher.expectLive([]);
  await pages.assistant.page.uncheck('text=Visit physics-group-1');
  await pages.ann.expectLive(['ben-camera', 'teacher-camera']);
  await pages.cleo.expectLive(['assistant-camera', 'teacher-camera']);
  await closeAll(pages);
});
