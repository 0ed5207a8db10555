import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
// It is the baseline's own client, not ours: nothing of the room store would do here.
import { Redis } from 'ioredis';
import { Server } from 'socket.io';

/** The baseline that people use: rooms of socket.io, with its Redis adapter between the servers. */
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
