// Joins a room and sends a message.
import { Client } from '@polyroom/sdk';
import { WebSocket } from 'ws';

const { APP_ID, APP_SIGN, ROOM_ID, SERVER } = process.env;
const client = new Client({
  appId: Number(APP_ID),
  appSign: APP_SIGN,
  server: SERVER,
  // Node.js 20 has none.
  platform: { WebSocket: globalThis.WebSocket ?? WebSocket },
});
await client.join(ROOM_ID, { user: { userId: `node-${process.pid}`, userName: 'Node' } });
const { messageId } = await client.send(ROOM_ID, 'hello');
await client.close();
console.log(messageId > 0 ? 'sent' : 'not sent');
