import { type ComponentProps, type ReactNode } from 'react';
import { useClient, useView } from './rooms-provider.js';

/** A button that is there only while the browser blocks audio, and starts it. */
export function AudioUnlock({ onClick, ...button }: ComponentProps<'button'>): ReactNode {
  const client = useClient();
  const hasBlocked = useView((view) => view?.hasBlocked ?? false);
  if (!hasBlocked) {
    return null;
  }
  return (
    <button
      type="button"
      {...button}
      onClick={(event) => {
        // In the handler itself: browsers accept it as the user's gesture.
        void client?.resumePlayback();
        onClick?.(event);
      }}
    />
  );
}
