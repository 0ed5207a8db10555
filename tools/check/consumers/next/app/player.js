'use client';

import { useEffect, useRef, useState } from 'react';
import { Client } from '@polyroom/sdk';

/** Plays the stream that the address names, and leaves when it is removed from the page. */
export function Player() {
  const video = useRef(null);
  const [state, setState] = useState('waiting');
  useEffect(() => {
    const { appId, appSign, roomId, server, streamId, userId } = Object.fromEntries(
      new URLSearchParams(location.search),
    );
    const client = new Client({ appId: Number(appId), appSign, server });
    const play = async () => {
      await client.join(roomId, { user: { userId, userName: userId } });
      await client.subscribe(streamId, { roomId, element: video.current });
      while (video.current.getVideoPlaybackQuality().totalVideoFrames < 20) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await client.send(roomId, 'played');
    };
    play().then(
      () => setState('played'),
      (error) => setState(`failed: ${error.message}`),
    );
    return () => void client.close();
  }, []);
  useEffect(() => {
    document.title = state;
  }, [state]);
  return <video ref={video} muted playsInline />;
}
