// The graph of a task on a canvas: pan, zoom, search, a minimap, and a walk by keys. What it shows is also a table.
import { html, useEffect, useMemo, useRef, useState } from '../lib/preact.js';
import { plural } from '../lib/format.js';
import { useWidth } from '../lib/hooks.js';
import { layout } from '../lib/layout.js';
import { theme } from '../lib/theme.js';
import { nextTo, WALKS } from '../lib/walk.js';
import { colours, draw, minimapOf } from './graph-draw.js';

const LEAST_SCALE = 0.02;
const MOST_SCALE = 2;
const STEP = 60;
/** Between the edge of the canvas and what was walked to. */
const MARGIN = 24;
/** What was walked to can be read. */
const WALKED_SCALE = 0.6;

/**
 * @param {{nodes: {id: string, parents: string[]}[], states: Map<string, string>, onOpen: (id: string) => void,
 *   label: string}} props
 */
export function Graph({ nodes, states, onOpen, label }) {
  const [box, canvas] = [useRef(null), useRef(null)];
  const width = useWidth(box);
  const [opened, setOpened] = useState(() => new Set());
  const [search, setSearch] = useState('');
  const [view, setView] = useState(null);
  const [focusedId, setFocusedId] = useState(null);
  const drag = useRef(null);
  const graph = useMemo(() => layout(nodes, opened), [nodes, opened]);
  const height = Math.min(Math.max(220, graph.height + 60), Math.max(300, innerHeight * 0.62));
  const marked = useMemo(() => found(nodes, search), [nodes, search]);
  const fitted = fit(graph, width, height);
  const shown = view ?? fitted;
  const focused = focusedId === null ? undefined : graph.placed.find((unit) => unit.members.includes(focusedId));

  useEffect(() => {
    const ratio = devicePixelRatio || 1;
    const element = canvas.current;
    element.width = width * ratio;
    element.height = height * ratio;
    const scene = {
      graph, view: shown, width, height, ratio, theme: colours(element), marked, focused: focused?.id ?? null,
      stateOf: (id) => states.get(id) ?? 'waiting',
    };
    const frame = requestAnimationFrame(() => draw(element.getContext('2d'), scene));
    return () => cancelAnimationFrame(frame);
  }, [graph, width, height, states, marked, focused, shown.x, shown.y, shown.scale, theme.value]);

  const zoom = (factor, x = width / 2, y = height / 2) => {
    const scale = Math.min(MOST_SCALE, Math.max(LEAST_SCALE, shown.scale * factor));
    const ratio = scale / shown.scale;
    setView({ x: x - (x - shown.x) * ratio, y: y - (y - shown.y) * ratio, scale });
  };
  const pan = (x, y) => setView({ ...shown, x: shown.x + x, y: shown.y + y });
  const latest = useRef(null);
  latest.current = { zoom, pan };

  // Not by Preact: listeners of wheels are passive there, and could not keep the page from scrolling.
  useEffect(() => {
    const onWheel = (event) => {
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas.current) return;
      event.preventDefault();
      latest.current.zoom(Math.exp(-event.deltaY * 0.0015), event.offsetX, event.offsetY);
    };
    canvas.current.addEventListener('wheel', onWheel, { passive: false });
    return () => canvas.current?.removeEventListener('wheel', onWheel);
  }, []);

  const open = (unit) => {
    if (unit.members.length === 1) {
      onOpen(unit.id);
      return;
    }
    setOpened(new Set([...opened, unit.level]));
    setView(null);
  };
  const onPointerDown = (event) => {
    canvas.current.setPointerCapture(event.pointerId);
    drag.current = { x: event.offsetX, y: event.offsetY, moved: 0 };
    jumpByMinimap(event);
  };
  const jumpByMinimap = (event) => {
    const map = minimapOf({ graph, width, height, view: shown });
    const isIn = map && event.offsetX >= map.x && event.offsetX <= map.x + map.width && event.offsetY >= map.y && event.offsetY <= map.y + map.height;
    if (!isIn) return false;
    const [x, y] = [(event.offsetX - map.x) / map.scale, (event.offsetY - map.y) / map.scale];
    setView({ ...shown, x: width / 2 - x * shown.scale, y: height / 2 - y * shown.scale });
    drag.current.isMap = true;
    return true;
  };
  const onPointerMove = (event) => {
    if (!drag.current) return;
    if (drag.current.isMap) {
      jumpByMinimap(event);
      return;
    }
    const [x, y] = [event.offsetX - drag.current.x, event.offsetY - drag.current.y];
    drag.current = { x: event.offsetX, y: event.offsetY, moved: drag.current.moved + Math.abs(x) + Math.abs(y) };
    pan(x, y);
  };
  const onPointerUp = (event) => {
    const wasClick = drag.current && !drag.current.isMap && drag.current.moved < 4;
    drag.current = null;
    const unit = wasClick && unitAt(graph, shown, event.offsetX, event.offsetY);
    if (unit) open(unit);
  };
  const walk = (key) => {
    const unit = nextTo(graph, focused, key);
    if (!unit) return;
    setFocusedId(unit.members[0]);
    setView(inSight(unit, shown, width, height));
  };
  // A level that was opened by a key has what was walked to somewhere else.
  useEffect(() => {
    if (focused) setView(inSight(focused, shown, width, height));
  }, [opened]);
  const moves = { ArrowLeft: () => pan(STEP, 0), ArrowRight: () => pan(-STEP, 0), ArrowUp: () => pan(0, STEP), ArrowDown: () => pan(0, -STEP) };
  const keys = {
    ...Object.fromEntries(WALKS.map((key) => [key, () => walk(key)])),
    Enter: () => focused && open(focused),
    '+': () => zoom(1.25), '=': () => zoom(1.25), '-': () => zoom(0.8), 0: () => setView(null),
  };
  const onKeyDown = (event) => {
    const act = (event.shiftKey && moves[event.key]) || keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  };
  const goTo = (event) => {
    event.preventDefault();
    const unit = marked && graph.placed.find((it) => it.members.some((id) => marked.has(id)));
    if (!unit) return;
    const scale = Math.max(shown.scale, 0.8);
    setView({ scale, x: width / 2 - (unit.x + unit.width / 2) * scale, y: height / 2 - (unit.y + unit.height / 2) * scale });
  };
  return html`<div class="graph">
    <form class="toolbar" onSubmit=${goTo} role="search">
      <input type="search" aria-label="Find a step" placeholder="Find a step" value=${search} onInput=${(event) => setSearch(event.currentTarget.value)} />
      <span class="muted" aria-live="polite">${marked ? plural(marked.size, 'step') : ''}</span>
      <span class="grow" />
      <button type="button" class="button small" onClick=${() => zoom(0.8)} aria-label="Zoom out">−</button>
      <button type="button" class="button small" onClick=${() => zoom(1.25)} aria-label="Zoom in">+</button>
      <button type="button" class="button small" onClick=${() => setView(null)}>Fit</button>
      ${opened.size > 0 && html`<button type="button" class="button small" onClick=${() => { setOpened(new Set()); setFocusedId(null); setView(null); }}>Collapse wide levels</button>`}
    </form>
    <div ref=${box}><canvas ref=${canvas} tabindex="0" role="application" aria-label=${label} style=${{ width: '100%', height: `${height}px` }}
      onPointerDown=${onPointerDown} onPointerMove=${onPointerMove} onPointerUp=${onPointerUp} onPointerCancel=${() => { drag.current = null; }}
      onKeyDown=${onKeyDown} /></div>
    <p class="hint" aria-live="polite">${focused ? html`<bdi>${told(focused, nodes, states)}</bdi>` : HINT}</p>
  </div>`;
}

const HINT = 'Drag or Shift and the arrows move; Ctrl and the wheel, + and − zoom; 0 fits; a click opens a step. '
  + 'The arrows go from step to step, Enter opens one. The tab Steps has the same as a table.';

/** What the walk has come to. */
function told({ id, members, level }, nodes, states) {
  if (members.length > 1) return `${plural(members.length, 'step')} on level ${level + 1}. Enter shows them one by one.`;
  const state = states.has(id) ? `, ${states.get(id).replaceAll('_', ' ')}` : '';
  const parents = nodes.find((node) => node.id === id).parents;
  const after = parents.length > 3 ? plural(parents.length, 'step') : parents.join(', ');
  return `${id}${state}${after && `, after ${after}`}. Enter opens it.`;
}

/** The view, moved as far as it takes to have it in sight. */
function inSight(unit, view, width, height) {
  const scale = Math.max(view.scale, WALKED_SCALE);
  const moved = (offset, start, length, size) => {
    const [least, most] = [MARGIN - start * scale, size - MARGIN - (start + length) * scale];
    return Math.max(Math.min(offset, most), least);
  };
  return { scale, x: moved(view.x, unit.x, unit.width, width), y: moved(view.y, unit.y, unit.height, height) };
}

function found(nodes, search) {
  const wanted = search.trim().toLowerCase();
  if (!wanted) return null;
  return new Set(nodes.filter((node) => node.id.toLowerCase().includes(wanted)).map((node) => node.id));
}

function fit(graph, width, height) {
  const scale = Math.min(1, (width - 32) / Math.max(1, graph.width), (height - 32) / Math.max(1, graph.height));
  const kept = Math.max(LEAST_SCALE, scale);
  return { scale: kept, x: (width - graph.width * kept) / 2, y: (height - graph.height * kept) / 2 };
}

function unitAt(graph, view, x, y) {
  const [at, down] = [(x - view.x) / view.scale, (y - view.y) / view.scale];
  return graph.placed.find((unit) => at >= unit.x && at <= unit.x + unit.width && down >= unit.y && down <= unit.y + unit.height);
}
