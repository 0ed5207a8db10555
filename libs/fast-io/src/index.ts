export { type BatchTarget, type BatchWriter } from './batch-writer.js';
export { type DirectWriter } from './direct-writer.js';
export { FastIo } from './fast-io.js';
export { destroyNatsSocket, type NatsSocket } from './nats-socket.js';
