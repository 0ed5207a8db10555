import { quote, type Step } from './step.js';

/** Calls that both faces of ZEGO have in the same form. */
export function zegoSharedCode(step: Extract<Step, { type: 'message' | 'barrage' | 'attribute' }>): string {
  switch (step.type) {
    case 'message':
      return `engine.on('IMRecvBroadcastMessage', (roomID, messages) => {
  messages.forEach(({ fromUser, message }) => console.log(roomID, fromUser.userName, message));
});
const { errorCode } = await engine.sendBroadcastMessage(${quote(step.roomId)}, ${quote(step.text)});`;
    case 'barrage':
      return `engine.on('IMRecvBarrageMessage', (roomID, messages) => {
  messages.forEach(({ fromUser, message }) => console.log(roomID, fromUser.userName, message));
});
const { errorCode } = await engine.sendBarrageMessage(${quote(step.roomId)}, ${quote(step.text)});`;
    case 'attribute':
      return `engine.on('roomExtraInfoUpdate', (roomID, infos) => {
  infos.forEach(({ key, value }) => console.log(roomID, key, value));
});
const { errorCode } = await engine.setRoomExtraInfo(${quote(step.roomId)}, ${quote(step.key)}, ${quote(step.value)});${step.value === '' ? ' // deletes it' : ''}`;
  }
}
