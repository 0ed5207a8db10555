import { DevicePicker, Preview } from '@polyroom/react';
import { type ReactNode } from 'react';
import { Field } from '../field.js';
import { usePlayground } from '../playground-context.js';
import { Problem } from '../problem.js';
import { type Source } from '../state/page-state.js';
import { texts } from '../texts.js';
import { type OwnStream } from './use-own-stream.js';

const t = texts.publish;
const sources: readonly Source[] = ['camera', 'screen'];

/** Camera or screen: captured and sent once, for any number of rooms. */
export function PublishPanel({ own }: { own: OwnStream }): ReactNode {
  const { dispatch, showCode, state } = usePlayground();
  const { source, shownIn } = state;
  const { isAsking, media, publication, streamId } = own;
  const choose = (chosen: Source): void => {
    const isOff = chosen === source;
    dispatch({ type: 'source', source: isOff ? undefined : chosen });
    showCode(
      isOff
        ? { type: 'unpublish', source: chosen, streamId }
        : { type: 'publish', source: chosen, streamId, roomIds: shownIn },
    );
  };
  const choosesDevice = (device: 'camera' | 'microphone') => ({
    value: state[device],
    defaultLabel: t.defaultDevice,
    onChange: (deviceId: string | undefined) => {
      dispatch({ type: 'device', device, deviceId });
      showCode({ type: 'device', device, streamId, roomIds: shownIn });
    },
  });
  return (
    <section className="panel form publish" aria-labelledby="publish-title">
      <h2 id="publish-title">{t.title}</h2>
      <div className="row">
        {sources.map((each) => (
          <button
            key={each}
            type="button"
            className={source === undefined ? 'primary' : undefined}
            onClick={() => choose(each)}
          >
            {each === source ? t.stop[each] : t.start[each]}
          </button>
        ))}
      </div>
      {isAsking && <p role="status">{t.asking}</p>}
      {media !== undefined && (
        <>
          <Preview
            media={media}
            className={source === 'camera' ? 'mirrored' : undefined}
            aria-label={t.preview}
          />
          <p className="faint" role="status">
            {publication.roomIds.length > 0 ? t.once(publication.roomIds.length) : t.tick}
          </p>
        </>
      )}
      {publication.error !== undefined && <Problem error={publication.error} />}
      <Field label={t.camera}>
        <DevicePicker kind="videoinput" {...choosesDevice('camera')} />
      </Field>
      <Field label={t.microphone}>
        <DevicePicker kind="audioinput" {...choosesDevice('microphone')} />
      </Field>
    </section>
  );
}
