import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
// The other system's own client: the room store has nothing for it.
import { Redis } from 'ioredis';
import { Server } from 'socket.io';

/** One server of the other system: rooms of socket.io with its Redis adapter, with acknowledgements. */
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
