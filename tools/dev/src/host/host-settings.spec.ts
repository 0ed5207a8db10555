import { describe, expect, test } from '@jest/globals';
import { hostVariables, readHostSettings } from './host-settings.js';

const needed = {
  POLYROOM_DATA_DIR: '/var/lib/polyroom',
  POLYROOM_GATEWAY_URLS: 'https://rtc.example.com',
  POLYROOM_CONSOLE_ORIGINS: 'https://console.example.com',
  POLYROOM_MEDIA_ANNOUNCED_ADDRESS: '203.0.113.7',
};

describe('the settings of a host', () => {
  test.each(Object.keys(needed))('require %s by name', (name) => {
    expect(() => readHostSettings({ ...needed, [name]: '' })).toThrow(`${name}: must be set`);
  });

  test('refuse a misspelt variable and one that the launcher sets, without their values', () => {
    const wrong = { ...needed, POLYROOM_TURN_SECRT: 'hidden', POLYROOM_NODE_ID: 'nd_1' };
    expect(() => readHostSettings(wrong)).toThrow(
      'POLYROOM_TURN_SECRT, POLYROOM_NODE_ID: not a setting of a host',
    );
    expect(() => readHostSettings(wrong)).not.toThrow('hidden');
  });

  test('give each service its own variables, and secrets to no other one', () => {
    const secrets = {
      POLYROOM_ADMIN_TOKENS: 'ci:0123456789abcdef',
      POLYROOM_SECRETS_KEY_FILE: '/run/credentials/secrets.key',
      POLYROOM_TURN_SECRET: 'turn',
      POLYROOM_SIGNED_MESSAGE_HOOKS: '{"1":{}}',
    };
    const { env, authEnv, gatewayEnv, messagingEnv, webhooksEnv, mediaEnv, consoleEnv } = readHostSettings({
      ...needed,
      ...secrets,
      HOME: '/root',
    });
    const receivers = { env, authEnv, gatewayEnv, messagingEnv, webhooksEnv, mediaEnv, consoleEnv };
    const namesOf = (given: object) => Object.keys(given).filter((name) => name in secrets);
    expect(
      Object.fromEntries(Object.entries(receivers).map(([name, given]) => [name, namesOf(given)])),
    ).toEqual({
      env: [],
      authEnv: ['POLYROOM_SECRETS_KEY_FILE', 'POLYROOM_ADMIN_TOKENS'],
      gatewayEnv: ['POLYROOM_TURN_SECRET'],
      messagingEnv: ['POLYROOM_SIGNED_MESSAGE_HOOKS'],
      webhooksEnv: [],
      mediaEnv: [],
      consoleEnv: [],
    });
  });

  test('have the defaults of a machine with a proxy and two cores', () => {
    const { authEnv, gatewayEnv, mediaEnv, mediaPortBase, mediaWorkers, stores } = readHostSettings(needed);
    expect(authEnv).toMatchObject({
      POLYROOM_ADMIN_URL: 'https://rtc.example.com',
      POLYROOM_CONSOLE_ORIGINS: 'https://console.example.com',
    });
    expect(gatewayEnv).toMatchObject({
      POLYROOM_TRUSTED_PROXIES: '127.0.0.1',
      POLYROOM_MAX_SOCKETS_PER_ADDRESS: '2000',
    });
    expect(mediaEnv).toMatchObject({
      POLYROOM_MEDIA_LISTEN_IP: '0.0.0.0',
      POLYROOM_MEDIA_PIPE_ADDRESS: '127.0.0.1',
    });
    expect({ mediaPortBase, mediaWorkers, stores }).toEqual({
      mediaPortBase: 19_000,
      mediaWorkers: undefined,
      stores: {},
    });
  });

  test.each([
    ['POLYROOM_MEDIA_WORKERS', '11'],
    ['POLYROOM_MEDIA_PORT_BASE', '70000'],
  ])('refuse %s=%s by name', (name, value) => {
    expect(() => readHostSettings({ ...needed, [name]: value })).toThrow(name);
  });

  test('name each variable once', () => {
    expect(hostVariables).toEqual([...new Set(hostVariables)]);
  });
});
