import { Controller } from '@nestjs/common';
import { NodeRpcHandler } from '@polyroom/nest-service';
import { type ParsedRequestOf, recordingRpc, type ReplyOf } from '@polyroom/contracts';
import { MediaNode, RecordingFiles } from '@polyroom/media-engine';

/** Serves the recording requests of the recorder. */
@Controller()
export class RecordingHandler {
  constructor(
    private readonly node: MediaNode,
    private readonly files: RecordingFiles,
  ) {}

  @NodeRpcHandler(recordingRpc.startRecording)
  startRecording(
    request: ParsedRequestOf<typeof recordingRpc.startRecording>,
  ): Promise<ReplyOf<typeof recordingRpc.startRecording>> {
    return this.node.startRecording(request);
  }

  @NodeRpcHandler(recordingRpc.stopRecording)
  stopRecording(
    request: ParsedRequestOf<typeof recordingRpc.stopRecording>,
  ): Promise<ReplyOf<typeof recordingRpc.stopRecording>> {
    return this.node.stopRecording(request);
  }

  @NodeRpcHandler(recordingRpc.listRecordings)
  listRecordings(
    request: ParsedRequestOf<typeof recordingRpc.listRecordings>,
  ): ReplyOf<typeof recordingRpc.listRecordings> {
    return this.node.listRecordings(request);
  }

  @NodeRpcHandler(recordingRpc.listRecordingFiles)
  async listFiles(
    request: ParsedRequestOf<typeof recordingRpc.listRecordingFiles>,
  ): Promise<ReplyOf<typeof recordingRpc.listRecordingFiles>> {
    return { files: await this.files.list(request) };
  }

  @NodeRpcHandler(recordingRpc.readRecordingFile)
  readFile(
    request: ParsedRequestOf<typeof recordingRpc.readRecordingFile>,
  ): Promise<ReplyOf<typeof recordingRpc.readRecordingFile>> {
    return this.files.read(request);
  }
}
