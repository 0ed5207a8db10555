export enum ZegoVideoConfigPreset {
  Preset180P = 0,
  Preset270P = 1,
  Preset360P = 2,
  Preset540P = 3,
  Preset720P = 4,
  Preset1080P = 5,
}

const videoPresets: Record<ZegoVideoConfigPreset, [width: number, height: number, kbps: number]> = {
  [ZegoVideoConfigPreset.Preset180P]: [320, 180, 300],
  [ZegoVideoConfigPreset.Preset270P]: [480, 270, 400],
  [ZegoVideoConfigPreset.Preset360P]: [640, 360, 600],
  [ZegoVideoConfigPreset.Preset540P]: [960, 540, 1200],
  [ZegoVideoConfigPreset.Preset720P]: [1280, 720, 1500],
  [ZegoVideoConfigPreset.Preset1080P]: [1920, 1080, 3000],
};

/** A plain object with these fields does as well. */
export class ZegoVideoConfig {
  captureWidth: number;
  captureHeight: number;
  /** The encoder takes the captured size. */
  encodeWidth: number;
  encodeHeight: number;
  fps = 15;
  /** kbit/s. */
  bitrate: number;
  /** Without effect: the codec is negotiated. */
  codecID = 0;

  constructor(preset: ZegoVideoConfigPreset = ZegoVideoConfigPreset.Preset360P) {
    const [width, height, kbps] = videoPresets[preset];
    this.captureWidth = this.encodeWidth = width;
    this.captureHeight = this.encodeHeight = height;
    this.bitrate = kbps;
  }
}

export enum ZegoAudioConfigPreset {
  BasicQuality = 0,
  StandardQuality = 1,
  StandardQualityStereo = 2,
  HighQuality = 3,
  HighQualityStereo = 4,
}

export enum ZegoAudioChannel {
  Unknown = 0,
  Mono = 1,
  Stereo = 2,
}

const audioPresets: Record<ZegoAudioConfigPreset, [kbps: number, channel: ZegoAudioChannel]> = {
  [ZegoAudioConfigPreset.BasicQuality]: [16, ZegoAudioChannel.Mono],
  [ZegoAudioConfigPreset.StandardQuality]: [48, ZegoAudioChannel.Mono],
  [ZegoAudioConfigPreset.StandardQualityStereo]: [56, ZegoAudioChannel.Stereo],
  [ZegoAudioConfigPreset.HighQuality]: [128, ZegoAudioChannel.Mono],
  [ZegoAudioConfigPreset.HighQualityStereo]: [192, ZegoAudioChannel.Stereo],
};

/** A plain object with these fields does as well. */
export class ZegoAudioConfig {
  /** kbit/s. */
  bitrate: number;
  /** Of the microphone that the engine opens next. */
  channel: ZegoAudioChannel;
  /** Without effect: Opus. */
  codecID = 0;

  constructor(preset: ZegoAudioConfigPreset = ZegoAudioConfigPreset.StandardQuality) {
    [this.bitrate, this.channel] = audioPresets[preset];
  }
}
