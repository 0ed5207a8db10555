import { pathOfApp } from '../app/use-app.js';

export interface RoomProps {
  appId: number;
  roomId: string;
}

export const pathOfRoom = ({ appId, roomId }: RoomProps): string =>
  `${pathOfApp(appId)}/rooms/${encodeURIComponent(roomId)}`;
