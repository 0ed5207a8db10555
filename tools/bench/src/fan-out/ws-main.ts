import { WebSocketServer, type WebSocket } from 'ws';

/** The baseline: writes each message to all members of its room, and does nothing else. */
const rooms = new Map<string, Set<WebSocket>>();
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]) });
server.on('connection', (socket, request) => {
  const room = request.url ?? '';
  const members = rooms.get(room) ?? new Set();
  rooms.set(room, members.add(socket));
  socket.on('message', (data, binary) => {
    for (const member of members) {
      member.send(data, { binary });
    }
  });
  socket.on('close', () => members.delete(socket));
});
server.once('listening', () => process.send?.('ready'));
process.on('disconnect', () => process.exit(0));
