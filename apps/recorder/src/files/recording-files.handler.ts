import { Controller } from '@nestjs/common';
import { AppError, type ParsedRequestOf, recorderRpc, recordingRpc, type ReplyOf } from '@polyroom/contracts';
import { Payload, RpcHandler } from '@polyroom/nest-service';
import { RecordingNodes } from '../orders/recording-nodes.js';

const { listRecordingFiles, readRecordingFile } = recorderRpc;

/** The complete files of recordings, which are in the directories of the media nodes. */
@Controller()
export class RecordingFilesHandler {
  constructor(private readonly nodes: RecordingNodes) {}

  @RpcHandler(listRecordingFiles)
  async list({
    appId,
    cursor,
    limit,
  }: ParsedRequestOf<typeof listRecordingFiles>): Promise<ReplyOf<typeof listRecordingFiles>> {
    const answers = await this.nodes.askAll(recordingRpc.listRecordingFiles, {
      appId,
      limit: limit + 1,
      ...(cursor === undefined ? {} : { after: cursor }),
    });
    // Nodes with a shared directory have the same files.
    const files = new Map(answers.flatMap(({ reply }) => reply.files.map((file) => [file.path, file])));
    const sorted = [...files.values()].sort((left, right) =>
      recordingRpc.compareRecordingPaths(left.path, right.path),
    );
    const page = sorted.slice(0, limit);
    const last = page.at(-1);
    return { files: page, ...(sorted.length > limit && last !== undefined ? { next: last.path } : {}) };
  }

  @RpcHandler(readRecordingFile)
  async read(
    @Payload() { nodeId, ...part }: ParsedRequestOf<typeof readRecordingFile>,
  ): Promise<ReplyOf<typeof readRecordingFile>> {
    if (nodeId !== undefined) {
      return { nodeId, ...(await this.nodes.ask(recordingRpc.readRecordingFile, nodeId, part)) };
    }
    const [answer] = await this.nodes.askAll(recordingRpc.readRecordingFile, part);
    if (answer === undefined) {
      throw new AppError('RECORDING_FILE_NOT_FOUND', { details: { path: part.path } });
    }
    return { nodeId: answer.nodeId, ...answer.reply };
  }
}
