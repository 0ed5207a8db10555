import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadMediaConfig } from './media.config.js';

const reachable = { POLYROOM_MEDIA_LISTEN_IP: '127.0.0.1' };

describe('the configuration of a media node', () => {
  test('has a node ID of its own, workers for all cores and any free ports', () => {
    const config = loadMediaConfig(reachable);
    expect(config.nodeId).toMatch(/^nd_[0-9a-f]{32}$/);
    expect(config.workerCount).toBeGreaterThan(0);
    expect(config).toMatchObject({ region: 'local', portBase: 0 });
    expect(config.addresses).toEqual({ listenIps: ['127.0.0.1'], announced: [], pipeAddress: undefined });
    // Below the ports that Linux takes for outgoing connections, and the node ports of Kubernetes.
    expect(config.pipePorts).toEqual({ min: 20_000, max: 29_999 });
  });

  test('requires an announced address when listening on all interfaces', () => {
    expect(() => loadMediaConfig({})).toThrow(/POLYROOM_MEDIA_ANNOUNCED_ADDRESS is not set/);
    expect(() => loadMediaConfig({ POLYROOM_MEDIA_LISTEN_IP: '::' })).toThrow(/ANNOUNCED_ADDRESS/);
    const { addresses } = loadMediaConfig({ POLYROOM_MEDIA_ANNOUNCED_ADDRESS: '203.0.113.7' });
    expect(addresses).toMatchObject({
      listenIps: ['0.0.0.0'],
      announced: [{ kind: 'address', address: '203.0.113.7' }],
    });
  });

  test('requires an address for pipes if clients get a name', () => {
    const named = { POLYROOM_MEDIA_ANNOUNCED_ADDRESS: 'media.example' };
    expect(() => loadMediaConfig(named)).toThrow(/POLYROOM_MEDIA_PIPE_ADDRESS is not set/);
    const inside = { POLYROOM_MEDIA_PIPE_ADDRESS: '10.0.0.7', POLYROOM_MEDIA_PIPE_PORTS: '20000-20999' };
    const config = loadMediaConfig({ ...named, ...inside });
    expect(config.addresses.pipeAddress).toBe('10.0.0.7');
    expect(config.pipePorts).toEqual({ min: 20_000, max: 20_999 });
  });

  test.each([
    ['POLYROOM_MEDIA_PIPE_PORTS', '2000'],
    ['POLYROOM_MEDIA_PIPE_PORTS', '2000-1000'],
    ['POLYROOM_MEDIA_PIPE_ADDRESS', 'media.example'],
    ['POLYROOM_NODE_ID', 'node one'],
    ['POLYROOM_MEDIA_WORKERS', '0'],
    ['POLYROOM_MEDIA_LISTEN_IP', 'localhost'],
    ['POLYROOM_MEDIA_LISTEN_IP', '127.0.0.1,'],
    ['POLYROOM_MEDIA_ANNOUNCED_ADDRESS', '203.0.113.7,'],
    ['POLYROOM_MEDIA_ANNOUNCED_ADDRESS', 'stun:'],
    ['POLYROOM_MEDIA_ANNOUNCED_ADDRESS', 'stun:stun.example:99999'],
    ['POLYROOM_MEDIA_ANNOUNCED_ADDRESS', 'metadata:nimbus'],
    ['POLYROOM_MEDIA_ANNOUNCED_ADDRESS', 'file:relative'],
    ['POLYROOM_MEDIA_PORT_BASE', '70000'],
    ['POLYROOM_MEDIA_PORT_BASE', '65535'],
  ])('refuses %s=%s by name', (name, value) => {
    expect(() => loadMediaConfig({ ...reachable, POLYROOM_MEDIA_WORKERS: '2', [name]: value })).toThrow(name);
  });

  test('enables recording with a writable directory and an installed ffmpeg', async () => {
    expect(loadMediaConfig(reachable)).not.toHaveProperty('recording');
    const dir = await mkdtemp(join(tmpdir(), 'polyroom-config-'));
    try {
      const env = { ...reachable, POLYROOM_RECORDING_DIR: join(dir, 'new'), PATH: '/nowhere' };
      expect(loadMediaConfig(env).recording).toEqual({ dir: join(dir, 'new'), maxRecordings: 50 });
      const named = { ...env, POLYROOM_FFMPEG_BIN: '/bin/sh', POLYROOM_RECORDING_MAX: '2' };
      expect(loadMediaConfig(named).recording).toMatchObject({ maxRecordings: 2, ffmpegBin: '/bin/sh' });
      await writeFile(join(dir, 'file'), '');
      const under = { ...env, POLYROOM_RECORDING_DIR: join(dir, 'file', 'folder') };
      expect(() => loadMediaConfig(under)).toThrow(/POLYROOM_RECORDING_DIR: not writable/);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
