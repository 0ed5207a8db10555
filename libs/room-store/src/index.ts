export { RoomStore, type RoomStoreOptions } from './room-store.js';
export { type AdmitOptions, type AdmitResult, type HeldBySession, type RoomEpoch } from './user-slot.js';
export { type Entered, type Left, type RemovedStream } from './room-slot.js';
