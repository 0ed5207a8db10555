// What the TypeScript samples of docs/ use without declaring it: a sample shows the lines that matter.
import type * as sdk from '@polyroom/sdk';
import type * as zego from '@polyroom/zego';

declare global {
  const appId: number;
  const server: string | string[];
  const token: string;
  const tokenProvider: (roomId: string) => Promise<string>;
  const fetchToken: (roomId: string) => Promise<string>;
  const video: HTMLVideoElement;
  const media: MediaStream;
  const user: sdk.User;

  const Client: typeof sdk.Client;
  const client: sdk.Client;
  const capture: typeof sdk.capture;
  const PolyroomError: typeof sdk.PolyroomError;
  const showRoomIsFull: () => void;

  // Of the page about ZEGO's names.
  const appID: number;
  const appSign: string;
  const engine: zego.ZegoExpressEngine;
  const camera: MediaStream;
  const audioInput: string;
  const videoInput: string;
  const source: MediaStream;
  const requestFullState: (streamID: string) => void;

  // Of bots in Node.js.
  const width: number;
  const height: number;
  const data: Uint8Array;

  // Of a server that receives webhooks.
  const secret: string;
  const rawBody: string;
  const request: { headers: Record<string, string> };
}
