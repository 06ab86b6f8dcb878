// The one place that names the libraries.
import { Fragment, h, render } from '../../vendor/preact.mjs';
import htm from '../../vendor/htm.mjs';

export { Fragment, render };
export {
  useCallback, useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useRef, useState,
} from '../../vendor/hooks.mjs';
export { signal } from '../../vendor/signals.mjs';

/** Markup as a tagged template. Values become text or properties, never markup. */
export const html = htm.bind(h);
