export {
  MediaNode,
  type MediaNodeCounts,
  type MediaNodeEvents,
  type MediaNodeOptions,
  type WorkerFigures,
} from './media-node.js';
export { type ClientAddress } from './media-worker.js';
export { type DownlinkClosed } from './downlinks.js';
export { forwardMediaLog } from './worker-log.js';
export { defaultPipePorts } from './pipe-listen.js';
export { type RemoteNodes } from './remote-nodes.js';
export { findProgram } from './recording/ffmpeg.js';
export { RecordingFiles } from './recording/recording-files.js';
export { type RecordingFileFact, type RecordingsOptions } from './recording/recordings.js';
export { type SessionTraffic } from './session-traffic.js';
