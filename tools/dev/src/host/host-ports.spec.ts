import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { freePort } from '@polyroom/testing';
import { assertFree, readHostPorts } from './host-ports.js';

describe('the ports of a host', () => {
  test('are those that proxies expect', () => {
    const others = { interop: 7085, console: 7088 };
    expect(readHostPorts([])).toEqual({ isCluster: false, gateways: [7080], ...others });
    expect(readHostPorts(['--cluster'])).toEqual({ isCluster: true, gateways: [7080, 7081], ...others });
  });

  test('are changed by flags', () => {
    expect(readHostPorts(['--gateway-ports', '8080', '--interop-port=8085'])).toEqual({
      isCluster: false,
      gateways: [8080],
      interop: 8085,
      console: 7088,
    });
  });

  test.each([
    [['--gateway-ports', '7080,x'], '--gateway-ports: x is not a port'],
    [['--gateway-ports', '7080,7081'], '--gateway-ports: one process has one gateway; --cluster'],
    [['--console-port', '0'], '--console-port: 0 is not a port'],
    [['--interop-port', '7080'], 'must differ'],
    [['--gatway-ports', '7080'], '--gatway-ports'],
  ])('refuse %s', (args, message) => {
    expect(() => readHostPorts(args)).toThrow(message);
  });

  test('are refused while another process has one', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const ports = {
      isCluster: false,
      gateways: [port],
      interop: await freePort(),
      console: await freePort(),
    };
    await expect(assertFree(ports, '127.0.0.1')).rejects.toThrow(
      `another process listens on 127.0.0.1:${port}`,
    );
    server.close();
    await once(server, 'close');
    await assertFree(ports, '127.0.0.1');
  });
});
