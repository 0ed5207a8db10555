'use client';

export { AudioUnlock } from './audio-unlock.js';
export { type ChatMessage, type RoomStatus } from './client-view.js';
export { DevicePicker, type DevicePickerProps } from './device-picker.js';
export { type RoomOptions } from './kept-rooms.js';
export { RoomsProvider, type RoomsProviderProps, useClient } from './rooms-provider.js';
export { Preview, type PreviewProps, StreamView, type StreamViewProps } from './stream-view.js';
export { type Captured, useCapture } from './use-capture.js';
export { type Chat, useChat } from './use-chat.js';
export { useDevices } from './use-devices.js';
export { useMembers } from './use-members.js';
export { type PublicationHandle, usePublication, type UsePublicationOptions } from './use-publication.js';
export { type RoomHandle, useRoom, type UseRoomOptions, useRooms } from './use-room.js';
export { type ShownStream, useStreams } from './use-streams.js';
