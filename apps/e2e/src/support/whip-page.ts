import { type Browser, type Page } from 'playwright-core';

/** The response to a WHIP or WHEP request. */
export interface HttpAnswer {
  status: number;
  location: string | undefined;
  etag: string | undefined;
  body: string;
}

/** A page without the SDK: RTCPeerConnection and fetch, as in any WHIP or WHEP client. */
export class WhipPage {
  private constructor(readonly page: Page) {}

  /** @param url of any page: capturing needs a secure origin. */
  static async open(browser: Browser, url: string): Promise<WhipPage> {
    const page = await browser.newPage();
    await page.goto(url);
    return new WhipPage(page);
  }

  /**
   * Publishes the browser's fake camera and microphone, with the given video codec; with RIDs, in as many
   * layers, each twice as large as the one before.
   */
  publish(
    endpoint: string,
    token: string,
    options: { codec?: string; rids?: string[] } = {},
  ): Promise<HttpAnswer> {
    return this.page.evaluate(
      async ({ endpoint, token, codec, rids }) => {
        const peer = new RTCPeerConnection();
        Object.assign(window, { peer });
        const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
        for (const track of media.getTracks()) {
          const sendEncodings = rids.map((rid, layer) => ({
            rid,
            scaleResolutionDownBy: 2 ** (rids.length - 1 - layer),
          }));
          const sender = peer.addTransceiver(track, {
            direction: 'sendonly',
            streams: [media],
            ...(track.kind === 'audio' || rids.length === 0 ? {} : { sendEncodings }),
          });
          if (track.kind === 'video' && codec !== undefined) {
            const { codecs } = RTCRtpSender.getCapabilities('video')!;
            sender.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === codec));
          }
        }
        await peer.setLocalDescription();
        const response = await fetch(endpoint, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' },
          body: peer.localDescription!.sdp,
        });
        const body = await response.text();
        if (response.status === 201) {
          await peer.setRemoteDescription({ type: 'answer', sdp: body });
        }
        return {
          status: response.status,
          location: response.headers.get('location') ?? undefined,
          etag: response.headers.get('etag') ?? undefined,
          body,
        };
      },
      { endpoint, token, codec: options.codec, rids: options.rids ?? [] },
    );
  }

  /** Plays a stream; a counter-offer of the server is answered. */
  play(endpoint: string, token: string, options: { codec?: string } = {}): Promise<HttpAnswer> {
    return this.page.evaluate(
      async ({ endpoint, token, codec }) => {
        let peer = new RTCPeerConnection();
        const show = (): void => {
          Object.assign(window, { peer });
          const video = document.createElement('video');
          Object.assign(video, { autoplay: true, muted: true, srcObject: new MediaStream() });
          document.body.append(video);
          peer.ontrack = ({ track }) => (video.srcObject as MediaStream).addTrack(track);
        };
        show();
        peer.addTransceiver('audio', { direction: 'recvonly' });
        const video = peer.addTransceiver('video', { direction: 'recvonly' });
        if (codec !== undefined) {
          const { codecs } = RTCRtpReceiver.getCapabilities('video')!;
          video.setCodecPreferences(
            codecs.filter(({ mimeType }) => mimeType === codec || mimeType === 'video/rtx'),
          );
        }
        await peer.setLocalDescription();
        let sdp = peer.localDescription!.sdp;
        if (codec === undefined) {
          // Unchanged.
        } else {
          // Another client's payload types; a fingerprint may contain the same digits.
          sdp = sdp
            .replace(/^m=video .*$/m, (line) => line.replace(/\b96\b/, '121'))
            .replaceAll(/^(a=(?:rtpmap|fmtp|rtcp-fb):)96\b/gm, (_, head: string) => `${head}121`)
            .replaceAll(/\bapt=96\b/g, 'apt=121');
        }
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
        const response = await fetch(endpoint, { method: 'POST', headers, body: sdp });
        const body = await response.text();
        const location = response.headers.get('location') ?? undefined;
        if (response.status === 201) {
          await peer.setRemoteDescription({ type: 'answer', sdp: body });
        } else if (response.status === 406) {
          peer.close();
          peer = new RTCPeerConnection();
          show();
          await peer.setRemoteDescription({ type: 'offer', sdp: body });
          await peer.setLocalDescription();
          const answered = await fetch(new URL(location!, endpoint), {
            method: 'PATCH',
            headers,
            body: peer.localDescription!.sdp,
          });
          if (answered.status !== 204) {
            throw new Error(`the answer was refused: ${answered.status} ${await answered.text()}`);
          }
        }
        return {
          status: response.status,
          location,
          etag: response.headers.get('etag') ?? undefined,
          body,
        };
      },
      { endpoint, token, codec: options.codec },
    );
  }

  /** Frames decoded and audio packets received so far. */
  received(): Promise<{ frames: number; audioPackets: number }> {
    return this.page.evaluate(async () => {
      const { peer } = window as unknown as { peer: RTCPeerConnection };
      const received = { frames: 0, audioPackets: 0 };
      (await peer.getStats()).forEach((entry: Record<string, unknown>) => {
        if (entry['type'] === 'inbound-rtp') {
          received.frames += Number(entry['framesDecoded'] ?? 0);
          received.audioPackets += entry['kind'] === 'audio' ? Number(entry['packetsReceived']) : 0;
        }
      });
      return received;
    });
  }

  /** Restarts ICE on the page's side with a PATCH; returns the state once it is connected again. */
  restartIce(
    resource: string,
    token: string,
  ): Promise<{ status: number; etag: string | null; body: string }> {
    return this.page.evaluate(
      async ({ resource, token }) => {
        const { peer } = window as unknown as { peer: RTCPeerConnection };
        peer.restartIce();
        await peer.setLocalDescription();
        const lines = peer.localDescription!.sdp.split('\r\n');
        const fragment = lines.filter((line) => /^a=ice-(ufrag|pwd)|^m=|^a=mid/.test(line));
        const response = await fetch(resource, {
          method: 'PATCH',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/trickle-ice-sdpfrag',
            'if-match': '*',
          },
          body: `${fragment.join('\r\n')}\r\n`,
        });
        const body = await response.text();
        const read = (name: string): string => new RegExp(`a=${name}:(.*)`).exec(body)![1]!.trim();
        const sdp = peer
          .currentRemoteDescription!.sdp.replaceAll(/a=ice-ufrag:.*/g, `a=ice-ufrag:${read('ice-ufrag')}`)
          .replaceAll(/a=ice-pwd:.*/g, `a=ice-pwd:${read('ice-pwd')}`);
        await peer.setRemoteDescription({ type: 'answer', sdp });
        return { status: response.status, etag: response.headers.get('etag'), body };
      },
      { resource, token },
    );
  }

  close(): Promise<void> {
    return this.page.evaluate(() => (window as unknown as { peer: RTCPeerConnection }).peer.close());
  }
}
