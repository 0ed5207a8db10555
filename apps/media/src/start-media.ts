import { type Bus } from '@polyroom/bus';
import { type OpenPorts, type RunningService, runService } from '@polyroom/nest-service';
import { forwardMediaLog, MediaNode } from '@polyroom/media-engine';
import { type Logger } from '@polyroom/observability';
import { type MediaAddresses } from './addresses/find-addresses.js';
import { BusRemoteNodes } from './pipes/bus-remote-nodes.js';
import { type MediaConfig } from './media.config.js';
import { MediaModule } from './media.module.js';

/** Starts the workers, then the service. If the service fails to start, the workers are stopped. */
export async function startMedia(
  config: MediaConfig,
  addresses: MediaAddresses,
  bus: Bus,
  logger: Logger,
  opened: OpenPorts = {},
): Promise<RunningService> {
  logger.info(addresses, 'media addresses');
  forwardMediaLog((level, message) => logger[level]({ origin: 'mediasoup' }, message));
  if (config.recording !== undefined && config.recording.ffmpegBin === undefined) {
    logger.warn('ffmpeg not found, recording is unavailable on this node');
  }
  const remoteNodes = new BusRemoteNodes(bus, logger);
  const node = await MediaNode.create({ ...config, ...addresses, remoteNodes });
  try {
    return await runService({
      name: 'media',
      module: MediaModule.register({ config, node, bus }),
      bus,
      logger,
      httpHost: config.httpHost,
      httpPort: config.httpPort,
      nodeId: config.nodeId,
      ...opened,
    });
  } catch (error) {
    await node.close();
    throw error;
  }
}
