import sdpTransform from 'sdp-transform';
import { sdpRefused } from './sdp-refused.js';

/** The body of a PATCH (RFC 8840, 9): candidates, and new credentials if the client restarts ICE. */
export function readIceFragment(text: string): { restarts: boolean } {
  const { iceUfrag, icePwd, media } = sdpTransform.parse(text);
  const hasCredentials = (part: { iceUfrag?: string; icePwd?: string }): boolean =>
    part.iceUfrag !== undefined && part.icePwd !== undefined;
  const restarts = hasCredentials({
    ...(iceUfrag === undefined ? {} : { iceUfrag: String(iceUfrag) }),
    ...(icePwd === undefined ? {} : { icePwd: String(icePwd) }),
  });
  if (!restarts && !media.some((section) => section.candidates !== undefined || hasCredentials(section))) {
    if (!/a=end-of-candidates/.test(text)) {
      throw sdpRefused('the fragment has neither candidates nor credentials');
    }
  }
  return { restarts: restarts || media.some(hasCredentials) };
}
