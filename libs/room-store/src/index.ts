export { type BanTime } from './bans.js';
export { type RedisMemory } from './redis-memory.js';
export { RoomStore, type RoomStoreOptions } from './room-store.js';
export {
  type AdmitOptions,
  type AdmitResult,
  type HeldBySession,
  type RenewedRoom,
  type Resumed,
  type RoomEpoch,
} from './user-slot.js';
export { type RemovedStream, type RoomMember } from './room-records.js';
export { type Entered, type Left, type Muted, type MuteTarget } from './room-slot.js';
export { type AttributeChange } from './room-attributes.js';
export { type RoomAtOnce, type UserRecords } from './room-reader.js';
export { isRefusedByRedis } from './redis-client.js';
export { parseRedisAddress } from './redis-address.js';
export { toStoreError } from './store-error.js';
export { type Due } from './leases.js';
export { type Count, type Counted, countedOfLogin, type LoginCount, LoginCounter } from './login-counter.js';
export { sessionCountId } from './quotas.js';
export { type Outbox, type OutboxEntry } from './outbox.js';
export { type OutboxOwner } from './keys.js';
export { type IdempotentStart } from './idempotency.js';
