import { afterEach, expect, test } from '@jest/globals';
import { LoginDeadlines } from './login-deadlines.js';

interface Pending {
  isLoggingIn: boolean;
}

let now = 0;
const late: Pending[] = [];
const deadlines = new LoginDeadlines<Pending>(
  1000,
  (socket) => late.push(socket),
  () => now,
);
afterEach(() => deadlines.close());

test('reports a socket without a login after the timeout, and one with a login in progress after twice the time', () => {
  const silent = { isLoggingIn: false };
  const failing = { isLoggingIn: true };
  const loggedIn = { isLoggingIn: false };
  [silent, failing, loggedIn].forEach((socket) => deadlines.start(socket));
  deadlines.end(loggedIn);
  now = 999;
  deadlines.check();
  expect(late).toEqual([]);
  now = 1000;
  deadlines.check();
  expect(late).toEqual([silent]);
  now = 2000;
  deadlines.check();
  deadlines.check();
  expect(late).toEqual([silent, failing]);
});
