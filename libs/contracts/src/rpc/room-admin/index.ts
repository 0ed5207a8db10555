export * from './attributes.rpc.js';
export * from './bans.rpc.js';
export * from './cursor.js';
export * from './members.rpc.js';
export * from './mutes.rpc.js';
export * from './rooms.rpc.js';
export * from './streams.rpc.js';
