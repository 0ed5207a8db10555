/** At most one of these; without any, camera and microphone. */
export interface CaptureSource {
  camera?: CameraSource;
  /** `true` for the defaults. */
  screen?: boolean | ScreenSource;
  custom?: CustomSource;
}

export interface CameraSource {
  /** True by default. */
  audio?: boolean | MediaTrackConstraints;
  /** True by default. */
  video?: boolean | MediaTrackConstraints;
  /** Device ID of a microphone. */
  audioInput?: string;
  /** Device ID of a camera. */
  videoInput?: string;
  facingMode?: 'user' | 'environment';
  width?: ConstrainULong;
  height?: ConstrainULong;
  frameRate?: ConstrainDouble;
}

export interface ScreenSource {
  /** The audio of the shared surface, if the browser offers it; false by default. */
  audio?: boolean;
  width?: ConstrainULong;
  height?: ConstrainULong;
  frameRate?: ConstrainDouble;
}

export interface CustomSource {
  source: MediaStream | HTMLMediaElement;
}
