// Prints what wrong settings are reported as.
import { Client } from '@polyroom/sdk';

const report = async (name, options) => {
  try {
    const client = new Client({ appId: 1, server: process.env.SERVER, ...options });
    await client.connect().finally(() => client.close());
    console.log(name, 'no error');
  } catch (error) {
    console.log(name, error.name, error.errorName, error.message);
  }
};
if (typeof globalThis.WebSocket === 'function') {
  await report('missing', { server: undefined });
  await report('other', { server: process.env.OTHER_SERVER });
  await report('nothing', { server: process.env.NO_SERVER });
} else {
  await report('websocket', {});
}
