import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
// The baseline's own client: the room store has nothing for it.
import { Redis } from 'ioredis';
import { Server } from 'socket.io';

/** The common baseline: rooms of socket.io, with its Redis adapter between the servers. */
const [port, redisUrl] = process.argv.slice(2);
const publisher = new Redis(redisUrl!);
const subscriber = publisher.duplicate();
const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  adapter: createAdapter(publisher, subscriber),
  pingInterval: 600_000,
});
io.on('connection', (socket) => {
  const room = String(socket.handshake.query['room']);
  void socket.join(room);
  socket.on('message', (message: unknown, acknowledge?: (result: object) => void) => {
    io.to(room).emit('message', message);
    acknowledge?.({ result: true });
  });
});
http.listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
process.on('disconnect', () => process.exit(0));
