import {
  type CameraSource,
  capture,
  type CaptureSource,
  type PolyroomError,
  type ScreenSource,
} from '@polyroom/sdk';
import { useEffect, useState } from 'react';
import { devices } from './devices.js';

export interface Captured {
  /** Undefined while the user is asked, after a refusal, and when every track has ended. */
  media: MediaStream | undefined;
  error: PolyroomError | undefined;
}

const nothing: Captured = { media: undefined, error: undefined };

/**
 * Captures camera and microphone, or the screen, until the source is undefined or the component unmounts. Another
 * source replaces the first one once it delivers.
 */
export function useCapture(
  source: { camera: CameraSource } | { screen: boolean | ScreenSource } | undefined,
): Captured {
  const [captured, setCaptured] = useState(nothing);
  const key = source === undefined ? undefined : JSON.stringify(source);
  useEffect(() => {
    if (key === undefined) {
      setCaptured(nothing);
      return;
    }
    let isCurrent = true;
    const start = async (): Promise<void> => {
      // The clean-up of Strict Mode runs first, so that the user is asked once.
      await Promise.resolve();
      if (!isCurrent) {
        return;
      }
      try {
        const media = await capture(JSON.parse(key) as CaptureSource);
        devices.refresh();
        if (isCurrent) {
          setCaptured({ media, error: undefined });
        } else {
          stop(media);
        }
      } catch (error) {
        if (isCurrent) {
          setCaptured({ media: undefined, error: error as PolyroomError });
        }
      }
    };
    void start();
    return () => {
      isCurrent = false;
    };
  }, [key]);
  const { media } = captured;
  useEffect(() => {
    if (media === undefined) {
      return;
    }
    // A device that was unplugged, or a screen that the user no longer shares.
    const handleEnded = (): void => {
      if (media.getTracks().every(({ readyState }) => readyState === 'ended')) {
        setCaptured((now) => (now.media === media ? nothing : now));
      }
    };
    const tracks = media.getTracks();
    tracks.forEach((track) => track.addEventListener('ended', handleEnded));
    return () => {
      tracks.forEach((track) => track.removeEventListener('ended', handleEnded));
      stop(media);
    };
  }, [media]);
  return captured;
}

function stop(media: MediaStream): void {
  media.getTracks().forEach((track) => track.stop());
}
