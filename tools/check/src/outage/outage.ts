import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { generateToken04 } from '@polyroom/tokens';
import { waitFor } from '@polyroom/testing';
import { describeFailures, LoginLoad, totalOf } from './login-load.js';
import { type KnownApp } from './known-app.js';
import { OutageWorld } from './outage-world.js';

const unavailable = { status: 503, code: 1190204 };
const appDisabled = 1000037;
const tokenRevoked = 1190403;
const tokenForged = 1002033;
/** Before the outage and after it. */
const calmMs = 10_000;
const recoverWithinMs = 30_000;
/** The bound for every change of an AppID. */
const appliesWithinMs = 2000;

interface Probe {
  method: string;
  path: string;
  body?: unknown;
}

/**
 * Stops PostgreSQL under logins; true if no honest login fails, requests of operators fail with 1190204 and change
 * nothing, and everything recovers by itself.
 */
export async function checkOutage(rootDir: string, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '16' },
      'per-second': { type: 'string', default: '10' },
      /** POLYROOM_DATABASE_OUTAGE_SECONDS; below the length of the outage the check must fail. */
      'outage-seconds': { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const startedAtMs = performance.now();
  const log = (line: string): void => {
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`[${seconds} s] ${line}\n`);
  };
  const outageSeconds = values['outage-seconds'];
  const world = await OutageWorld.start(
    rootDir,
    outageSeconds === undefined ? {} : { POLYROOM_DATABASE_OUTAGE_SECONDS: outageSeconds },
    values.verbose ? log : () => {},
  );
  try {
    return await new OutageCheck(world, log).run(
      Number(values.minutes) * 60_000,
      Number(values['per-second']),
    );
  } finally {
    await world.close();
  }
}

class OutageCheck {
  private passed = true;
  /** Under load all the time. */
  private used!: KnownApp;
  /** Without a login until the outage, created just before it. */
  private quiet!: KnownApp;
  private disabled!: KnownApp;
  private revokedToken = '';
  private apiKey = '';
  private stateBefore = '';

  constructor(
    private readonly world: OutageWorld,
    private readonly log: (line: string) => void,
  ) {}

  async run(outageMs: number, perSecond: number): Promise<boolean> {
    await this.prepare();
    const load = new LoginLoad(() => this.world.login(this.used), perSecond);
    try {
      await sleep(calmMs);
      this.judgeLogins('before the outage', load.take());
      await this.world.postgres.kill();
      this.log(`PostgreSQL stopped for ${(outageMs / 60_000).toFixed(1)} minutes`);
      await this.duringOutage(outageMs, load);
      const restartedAtMs = performance.now();
      await this.world.postgres.restart();
      await this.recovered(restartedAtMs);
      await sleep(calmMs);
      this.judgeLogins('after the outage', load.take());
    } finally {
      await load.stop();
    }
    this.judgeLogins('at the end', load.take());
    await this.judgeState();
    await this.judgeChange();
    return this.passed;
  }

  private async prepare(): Promise<void> {
    const { world } = this;
    const { admin } = world.cluster;
    this.used = await world.createApp('used');
    this.disabled = await world.createApp('disabled');
    await admin.send('PUT', `/v1/apps/${this.disabled.appId}/enabled`, { enabled: false });
    this.apiKey = await admin.createApiKey(this.used.appId, ['rooms:read']);
    this.revokedToken = tokenOf(this.used, 'mallory', this.used.serverSecret);
    await admin.send('POST', `/v1/apps/${this.used.appId}/revocations`, { token: this.revokedToken });
    this.quiet = await world.createApp('quiet');
    this.stateBefore = await this.readState();
  }

  private async duringOutage(outageMs: number, load: LoginLoad): Promise<void> {
    const endsAtMs = performance.now() + outageMs;
    const intervalMs = Math.min(15_000, outageMs / 6);
    const logins = new Map<number, number>();
    const admin = { requests: 0, wrong: [] as string[], slowestMs: 0 };
    const refusals = { attempts: 0, wrong: [] as string[] };
    let quietLogins = 0;
    const quietFailures: number[] = [];
    while (performance.now() < endsAtMs) {
      await this.askAdmin(admin);
      await this.tryRefused(refusals);
      for (let count = 0; count < 6; count += 1) {
        const code = await this.world.login(this.quiet);
        quietLogins += 1;
        if (code !== 0) {
          quietFailures.push(code);
        }
      }
      await sleep(Math.max(0, Math.min(intervalMs, endsAtMs - performance.now())));
      load.take().forEach((count, code) => logins.set(code, (logins.get(code) ?? 0) + count));
      this.log(`${totalOf(logins)} logins, failed: ${describeFailures(logins)}`);
    }
    this.judgeLogins('during the outage', logins);
    this.judge(
      quietFailures.length === 0,
      `${quietLogins} logins of an AppID without logins before the outage, failed: ${quietFailures.length} ${quietFailures.slice(0, 3).join(' ')}`,
    );
    this.judge(
      admin.wrong.length === 0,
      `${admin.requests} requests of operators and an API key, ${admin.wrong.length} without 503 and ${unavailable.code}, the slowest ${(admin.slowestMs / 1000).toFixed(1)} s ${admin.wrong.slice(0, 3).join('; ')}`,
    );
    this.judge(
      refusals.wrong.length === 0,
      `${refusals.attempts} logins with a revoked or forged token, or of a disabled or unknown AppID, ${refusals.wrong.length} not refused as expected ${refusals.wrong.slice(0, 3).join('; ')}`,
    );
  }

  private async askAdmin(result: { requests: number; wrong: string[]; slowestMs: number }): Promise<void> {
    const app = `/v1/apps/${this.used.appId}`;
    const probes: Probe[] = [
      { method: 'GET', path: '/v1/apps' },
      { method: 'POST', path: '/v1/apps', body: { appId: 1, name: 'new' } },
      { method: 'PUT', path: `${app}/enabled`, body: { enabled: false } },
      { method: 'PUT', path: `${app}/entitlements/multiRoom`, body: { value: true } },
      { method: 'GET', path: `${app}/secrets` },
      { method: 'POST', path: `${app}/secrets` },
      { method: 'PUT', path: `${app}/app-sign`, body: {} },
      { method: 'POST', path: `${app}/api-keys`, body: { name: 'new', permissions: ['rooms:read'] } },
      { method: 'POST', path: `${app}/revocations`, body: { userId: 'user-0' } },
      { method: 'GET', path: `${app}/audit` },
      { method: 'DELETE', path: app, body: { confirm: this.used.name } },
    ];
    const ask = async (probe: Probe, credential?: string): Promise<void> => {
      const askedAtMs = performance.now();
      const { status, code } = await this.world.admin(probe.method, probe.path, {
        body: probe.body,
        ...(credential === undefined ? {} : { credential }),
      });
      result.requests += 1;
      result.slowestMs = Math.max(result.slowestMs, performance.now() - askedAtMs);
      if (status !== unavailable.status || code !== unavailable.code) {
        result.wrong.push(`${probe.method} ${probe.path}: ${status} ${code}`);
      }
    };
    for (const probe of probes) {
      await ask(probe);
    }
    await ask({ method: 'GET', path: `${app}/users/user-0/rooms` }, this.apiKey);
  }

  private async tryRefused(result: { attempts: number; wrong: string[] }): Promise<void> {
    const { used, disabled, world } = this;
    const forged = tokenOf(used, 'eve', 'x'.repeat(32));
    const unknown = { ...used, appId: used.appId === 7 ? 8 : 7 };
    // Several, so that both gateways and both instances of auth are asked.
    for (let count = 0; count < 6; count += 1) {
      for (const [code, expected] of [
        [await world.loginWith(used, 'mallory', { token: this.revokedToken }), tokenRevoked],
        [await world.loginWith(used, 'eve', { token: forged }), tokenForged],
        [await world.login(disabled), appDisabled],
        [await world.login(unknown), unavailable.code],
      ] as const) {
        result.attempts += 1;
        if (code !== expected) {
          result.wrong.push(`${code} instead of ${expected}`);
        }
      }
    }
  }

  private async recovered(restartedAtMs: number): Promise<void> {
    await waitFor(async () => (await this.world.admin('GET', '/v1/apps')).status === 200, {
      timeoutMs: recoverWithinMs,
      describe: 'the REST API to recover',
    });
    await this.world.cluster.ready();
    const seconds = (performance.now() - restartedAtMs) / 1000;
    this.judge(seconds * 1000 < recoverWithinMs, `recovered ${seconds.toFixed(1)} s after PostgreSQL`);
  }

  /** What operators can read of all AppIDs, except when API keys were used. */
  private async readState(): Promise<string> {
    const paths = ['/v1/apps', '/v1/audit?limit=100'];
    for (const { appId } of [this.used, this.quiet, this.disabled]) {
      const app = `/v1/apps/${appId}`;
      paths.push(`${app}/secrets`, `${app}/entitlements`, `${app}/api-keys`, `${app}/audit`);
    }
    const answers = [];
    for (const path of paths) {
      answers.push((await this.world.admin('GET', path)).body);
    }
    return JSON.stringify(answers, (name, value: unknown) => (name === 'lastUsedAtMs' ? undefined : value));
  }

  private async judgeState(): Promise<void> {
    const isSame = (await this.readState()) === this.stateBefore;
    this.judge(isSame, 'AppIDs, secrets, entitlements, API keys and audit are as before the outage');
    const { status } = await this.world.admin('GET', `/v1/apps/${this.used.appId}/users/user-0/rooms`, {
      credential: this.apiKey,
    });
    this.judge(status === 200, `the API key works again: ${status}`);
    const revoked = await this.world.loginWith(this.used, 'mallory', { token: this.revokedToken });
    this.judge(revoked === tokenRevoked, `the revoked token is refused: ${revoked}`);
  }

  private async judgeChange(): Promise<void> {
    const path = `/v1/apps/${this.quiet.appId}/enabled`;
    await this.world.cluster.admin.send('PUT', path, { enabled: false });
    const askedAtMs = performance.now();
    await waitFor(async () => (await this.world.login(this.quiet)) === appDisabled, {
      timeoutMs: recoverWithinMs,
      describe: 'the change to apply',
    });
    const appliedMs = performance.now() - askedAtMs;
    this.judge(appliedMs < appliesWithinMs, `a change applies after ${appliedMs.toFixed(0)} ms`);
  }

  private judgeLogins(when: string, codes: ReadonlyMap<number, number>): void {
    const failed = totalOf(codes) - (codes.get(0) ?? 0);
    this.judge(failed === 0, `${totalOf(codes)} logins ${when}, failed: ${describeFailures(codes)}`);
  }

  private judge(isRight: boolean, line: string): void {
    this.passed &&= isRight;
    this.log(`${isRight ? 'right' : 'WRONG'}: ${line}`);
  }
}

function tokenOf({ appId }: KnownApp, userId: string, secret: string): string {
  // Longer than the outage.
  return generateToken04({ appId, userId, secret, effectiveTimeSeconds: 7200 });
}
