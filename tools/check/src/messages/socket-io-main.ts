import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
// It is the other system's own client: nothing of the room store would do here.
import { Redis } from 'ioredis';
import { Server } from 'socket.io';

/** One server of the other system: rooms of socket.io with its Redis adapter, acknowledging what it emits. */
const [port, redisUrl] = process.argv.slice(2);
const publisher = new Redis(redisUrl!);
const subscriber = publisher.duplicate();
publisher.on('error', () => {});
subscriber.on('error', () => {});
const http = createServer();
const io = new Server(http, { transports: ['websocket'], adapter: createAdapter(publisher, subscriber) });
io.on('connection', (socket) => {
  const room = String(socket.handshake.query['room']);
  void socket.join(room);
  socket.on('message', (content: string, acknowledge: () => void) => {
    io.to(room).emit('message', content);
    acknowledge();
  });
});
http.listen(Number(port), '127.0.0.1');
process.on('disconnect', () => process.exit(0));
