// Icons of 16 by 16, drawn with the colour of the text.
import { html } from '../lib/preact.js';

const PATHS = {
  check: 'M3 8.5l3.2 3.2L13 5',
  cross: 'M4 4l8 8M12 4l-8 8',
  play: 'M5 3.5v9l7-4.5z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  clock: 'M8 4.5V8l2.5 1.5M8 2a6 6 0 100 12A6 6 0 008 2z',
  retry: 'M13 8a5 5 0 11-1.6-3.7M13 2.5v3h-3',
  stop: 'M3.8 12.2l8.4-8.4M8 2a6 6 0 100 12A6 6 0 008 2z',
  dash: 'M4 8h8',
  dot: 'M8 5.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5z',
  ring: 'M8 3.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9z',
  alert: 'M8 2.5l6 11H2zM8 6.5v3M8 11.4v.2',
  lock: 'M4.5 7.5h7v6h-7zM6 7.5V5a2 2 0 014 0v2.5',
  hand: 'M4 8l2.5 2.5L12 5M2.5 13.5h11',
  back: 'M10 3.5L5.5 8l4.5 4.5',
  copy: 'M5.5 5.5h7v7h-7zM3.5 10.5v-7h7',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  sun: 'M8 5a3 3 0 100 6 3 3 0 000-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  moon: 'M12.5 9.8A5.2 5.2 0 016.2 3.500a5.2 5.2 0 106.3 6.300z',
  auto: 'M8 2a6 6 0 100 12A6 6 0 008 2zM8 2v12M8 5h4.800M8 8h6M8 11h4.8',
  home: 'M2.5 7.500L8 3l5.5 4.500M4 6.500v6.500h8V6.5',
  list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1',
  box: 'M8 2l5.5 3v6L8 14l-5.5-3V5zM2.5 5L8 8l5.5-3M8 8v6',
  graph: 'M4 3.500a1.5 1.5 0 100 3 1.5 1.5 0 000-3zM12 3.500a1.5 1.5 0 100 3 1.5 1.5 0 000-3zM8 10a1.5 1.5 0 100 3A1.5 1.5 0 008 10zM5 6.200l2.2 4M11 6.200l-2.2 4',
  pin: 'M9.5 2l4.5 4.5-2.5 1L9 10l-.5 3L3 7.5 6 7l2.5-2.500zM5.7 10.300L2.5 13.5',
  key: 'M5.5 6.500a3 3 0 100 6 3 3 0 000-6zM7.7 7.500L13.5 2M11 4.500l2 2',
  book: 'M3 2.500h8a2 2 0 012 2v9H5a2 2 0 01-2-2zM3 11.500a2 2 0 012-2h8',
  send: 'M14 2L7 9M14 2l-4 12-3-5-5-3z',
  server: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.1M5 11h.1',
  gear: 'M8 5.800a2.2 2.2 0 100 4.4 2.2 2.2 0 000-4.400zM8 1.800v2M8 12.200v2M1.8 8h2M12.2 8h2M3.6 3.600L5 5M11 11l1.4 1.400M3.6 12.400L5 11M11 5l1.4-1.4',
  upload: 'M8 11V3M4.5 6.500L8 3l3.5 3.500M2.5 13.500h11',
  shield: 'M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4z',
  gauge: 'M2.5 12a6 6 0 1111 0M8 11l3-4',
};

/** @param {{name: keyof typeof PATHS, label?: string}} props without a label, the icon says nothing */
export function Icon({ name, label }) {
  return html`<svg class="icon" viewBox="0 0 16 16" role=${label ? 'img' : undefined} aria-label=${label}
    aria-hidden=${label ? undefined : 'true'} focusable="false"><path d=${PATHS[name]} /></svg>`;
}
