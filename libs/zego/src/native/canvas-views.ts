import { illegalArgument } from '../shared/arguments.js';
import { ZegoCanvas, ZegoViewMode } from './zego-types.js';

const fits: Record<ZegoViewMode, string> = {
  [ZegoViewMode.AspectFit]: 'contain',
  [ZegoViewMode.AspectFill]: 'cover',
  [ZegoViewMode.ScaleToFill]: 'fill',
};

/** The views of `createCanvasView`, by ID. */
export class CanvasViews {
  private readonly views = new Map<number, HTMLVideoElement>();
  private nextId = 1;

  create(onViewCreated: (viewID: number) => void): HTMLVideoElement {
    const video = document.createElement('video');
    video.playsInline = true;
    const viewID = this.nextId++;
    this.views.set(viewID, video);
    onViewCreated(viewID);
    return video;
  }

  /** Returns false if there is no such view. */
  destroy(viewID: number): boolean {
    const video = this.views.get(viewID);
    video?.remove();
    return this.views.delete(viewID);
  }

  /** The element of a canvas or a view, with the canvas's settings. */
  resolve(
    view: HTMLMediaElement | ZegoCanvas | null | undefined,
    path: string,
  ): HTMLMediaElement | undefined {
    if (view === undefined || view === null) {
      return undefined;
    }
    if (typeof view !== 'object') {
      throw illegalArgument(path, 'expected a media element or a ZegoCanvas');
    }
    if (!(view instanceof ZegoCanvas)) {
      return view;
    }
    const element = typeof view.view === 'number' ? this.views.get(view.view) : view.view;
    if (element === undefined) {
      throw illegalArgument(`${path}.view`, 'no view has this ID');
    }
    element.style.objectFit = fits[view.viewMode];
    element.style.backgroundColor = `#${view.backgroundColor.toString(16).padStart(6, '0')}`;
    return element;
  }
}
