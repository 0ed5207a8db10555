/**
 * The subset of sdp-transform 3 used here; it has no types of its own. Any client-supplied field may be
 * missing.
 */
declare module 'sdp-transform' {
  export interface SdpMedia {
    type: string;
    port: number;
    protocol: string;
    payloads?: string;
    mid?: string | number;
    direction?: string;
    connection?: { version: number; ip: string };
    rtp: { payload: number; codec: string; rate?: number; encoding?: number }[];
    fmtp: { payload: number; config: string }[];
    rtcpFb?: { payload: number | string; type: string; subtype?: string | undefined }[];
    ext?: { value: number; uri: string; 'encrypt-uri'?: string }[];
    ssrcs?: { id: number | string; attribute: string; value?: string }[];
    ssrcGroups?: { semantics: string; ssrcs: string }[];
    rids?: { id: string | number; direction: string; params?: string }[];
    simulcast?: { dir1: string; list1: string; dir2?: string; list2?: string };
    msid?: { id: string; appdata?: string }[];
    iceUfrag?: string;
    icePwd?: string;
    iceOptions?: string;
    setup?: string;
    fingerprint?: { type: string; hash: string };
    candidates?: SdpCandidate[];
    endOfCandidates?: string;
    rtcpMux?: string;
    rtcpRsize?: string;
    extmapAllowMixed?: string;
    bundleOnly?: string;
    /** Unrecognized lines. */
    invalid?: { value: string }[];
  }
  export interface SdpCandidate {
    foundation: string;
    component: number;
    transport: string;
    priority: number;
    ip: string;
    port: number;
    type: string;
    tcptype?: string;
  }
  export interface SdpObject {
    version: number;
    origin: {
      username: string;
      sessionId: string | number;
      sessionVersion: number;
      netType: string;
      ipVer: number;
      address: string;
    };
    name: string;
    timing: { start: number; stop: number };
    groups?: { type: string; mids: string }[];
    icelite?: string;
    iceOptions?: string;
    iceUfrag?: string;
    icePwd?: string;
    setup?: string;
    fingerprint?: { type: string; hash: string };
    extmapAllowMixed?: string;
    msidSemantic?: { semantic: string; token: string };
    media: SdpMedia[];
  }
  const sdpTransform: {
    parse(sdp: string): SdpObject;
    write(sdp: SdpObject): string;
    parseParams(config: string): Record<string, string | number>;
  };
  export default sdpTransform;
}
