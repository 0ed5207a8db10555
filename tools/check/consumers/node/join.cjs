// Logs in to a room and sends a message, with the names of ZEGO.
const { ZegoExpressEngine, ZegoRoomMode } = require('@polyroom/zego');
const { WebSocket } = require('ws');

globalThis.WebSocket ??= WebSocket;

async function main() {
  const { APP_ID, APP_SIGN, ROOM_ID, SERVER } = process.env;
  ZegoExpressEngine.setRoomMode(ZegoRoomMode.MultiRoom);
  const engine = await ZegoExpressEngine.createEngineWithProfile({
    appID: Number(APP_ID),
    appSign: APP_SIGN,
    server: SERVER,
  });
  const login = await engine.loginRoom(ROOM_ID, { userID: `node-${process.pid}`, userName: 'Node' });
  const sent = await engine.sendBroadcastMessage(ROOM_ID, 'hello');
  await ZegoExpressEngine.destroyEngine();
  console.log(login.errorCode === 0 && sent.errorCode === 0 ? 'sent' : 'not sent');
}
main();
