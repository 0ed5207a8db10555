export function isActive({ muted, readyState }: MediaStreamTrack): boolean {
  return readyState === 'live' && !muted;
}

/** The gesture that permits playback may come later: the application calls `resume` of the view. */
export function show(
  mediaStream: MediaStream,
  element: HTMLVideoElement,
  onBlocked: (error: unknown) => void = () => undefined,
): void {
  element.srcObject = mediaStream;
  element.autoplay = true;
  element.play().catch(onBlocked);
}
