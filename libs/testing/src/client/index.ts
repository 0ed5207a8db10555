export {
  fakeHandlerFactory,
  fakeHandlers,
  FakeMediaStream,
  installMediaStream,
  newCamera,
  watchSending,
} from './fake-media.js';
export { installNetwork } from './fake-network.js';
export { type Handler, newMediaSession, ProtocolServer, type ReceivedCall } from './protocol-server.js';
