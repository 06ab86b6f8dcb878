// Draws a graph, and its minimap, on one canvas.
import { STATES, toneOf } from './state.js';

const TONES = ['good', 'bad', 'run', 'wait', 'warn', 'idle'];
/** Below this scale no text is drawn. */
const LEGIBLE = 0.45;
const MINIMAP = { width: 150, height: 90, margin: 10 };

/** The colours of the theme, by name. */
export function colours(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(name).trim();
  const tones = Object.fromEntries(TONES.map((tone) => [tone, read(`--${tone}`)]));
  return {
    ...tones, text: read('--text'), muted: read('--muted'), border: read('--border-strong'), surface: read('--surface'),
    accent: read('--accent'), sunken: read('--sunken'), font: style.fontFamily,
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{graph: object, view: {x: number, y: number, scale: number}, width: number, height: number, ratio: number,
 *   theme: object, stateOf: (id: string) => string, marked: Set<string> | null, focused: string | null}} scene
 */
export function draw(context, scene) {
  const { width, height, ratio, view, theme } = scene;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.save();
  context.translate(view.x, view.y);
  context.scale(view.scale, view.scale);
  const seen = { left: -view.x / view.scale, top: -view.y / view.scale };
  seen.right = seen.left + width / view.scale;
  seen.bottom = seen.top + height / view.scale;
  drawEdges(context, scene, seen);
  for (const unit of scene.graph.placed) {
    if (isSeen(unit, seen)) drawUnit(context, scene, unit);
  }
  context.restore();
  drawMinimap(context, scene);
  context.fillStyle = theme.text;
}

const isSeen = (unit, seen) =>
  unit.x < seen.right && unit.x + unit.width > seen.left && unit.y < seen.bottom && unit.y + unit.height > seen.top;

function drawEdges(context, { graph, view, theme }, seen) {
  context.strokeStyle = theme.border;
  context.lineWidth = Math.max(1, 0.7 / view.scale);
  context.beginPath();
  for (const { from, to } of graph.edges) {
    const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
    const [x2, y2] = [to.x, to.y + to.height / 2];
    const isOut = Math.max(x1, x2) < seen.left || Math.min(x1, x2) > seen.right
      || Math.max(y1, y2) < seen.top || Math.min(y1, y2) > seen.bottom;
    if (isOut) continue;
    const bend = Math.min(60, (x2 - x1) / 2);
    context.moveTo(x1, y1);
    context.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
  }
  context.stroke();
}

function drawUnit(context, scene, unit) {
  const { theme, view, stateOf, marked, focused } = scene;
  const isBar = unit.members.length > 1;
  const state = isBar ? null : stateOf(unit.id);
  const isMarked = marked && unit.members.some((id) => marked.has(id));
  context.globalAlpha = marked && !isMarked ? 0.35 : 1;
  box(context, unit);
  context.fillStyle = theme.surface;
  context.fill();
  context.lineWidth = isMarked || focused === unit.id ? 3 : 1.5;
  context.strokeStyle = isMarked || focused === unit.id ? theme.accent : isBar ? theme.border : theme[toneOf(state)];
  context.stroke();
  if (isBar) drawBar(context, scene, unit);
  else drawNode(context, scene, unit, state);
  context.globalAlpha = 1;
  if (view.scale < LEGIBLE && !isBar) {
    context.fillStyle = theme[toneOf(state)];
    context.fillRect(unit.x, unit.y, unit.width, unit.height);
  }
}

function box(context, { x, y, width, height }) {
  context.beginPath();
  context.roundRect(x, y, width, height, 7);
}

function drawNode(context, { theme, view }, unit, state) {
  if (view.scale < LEGIBLE) return;
  context.fillStyle = theme[toneOf(state)];
  glyph(context, STATES[state]?.[0], unit.x + 17, unit.y + unit.height / 2, theme[toneOf(state)]);
  context.fillStyle = theme.text;
  context.font = `13px ${theme.font}`;
  context.textBaseline = 'middle';
  context.fillText(shortened(context, unit.id, unit.width - 40), unit.x + 31, unit.y + unit.height / 2);
}

/** The state as a shape, so that it can be told apart without colours. */
function glyph(context, icon, x, y, colour) {
  context.lineWidth = 1.8;
  context.strokeStyle = colour;
  context.beginPath();
  switch (icon) {
    case 'check': context.moveTo(x - 5, y); context.lineTo(x - 1.5, y + 4); context.lineTo(x + 5, y - 4); break;
    case 'cross': context.moveTo(x - 4, y - 4); context.lineTo(x + 4, y + 4); context.moveTo(x + 4, y - 4); context.lineTo(x - 4, y + 4); break;
    case 'play': context.moveTo(x - 3, y - 5); context.lineTo(x + 5, y); context.lineTo(x - 3, y + 5); context.closePath(); break;
    case 'retry': context.arc(x, y, 4.5, -0.4, 4.6); context.moveTo(x, y - 4.5); context.lineTo(x + 4, y - 4); break;
    case 'stop': context.arc(x, y, 5, 0, 7); context.moveTo(x - 3, y + 3); context.lineTo(x + 3, y - 3); break;
    case 'dash': context.moveTo(x - 4, y); context.lineTo(x + 4, y); break;
    case 'dot': context.arc(x, y, 2.5, 0, 7); break;
    default: context.arc(x, y, 4.5, 0, 7);
  }
  context.stroke();
}

const WIDTHS = new Map();

function shortened(context, text, most) {
  const key = `${text}\u0000${most}`;
  if (WIDTHS.has(key)) return WIDTHS.get(key);
  let cut = text;
  while (cut.length > 1 && context.measureText(cut === text ? cut : `${cut}…`).width > most) cut = cut.slice(0, -1);
  const shown = cut === text ? text : `${cut}…`;
  if (WIDTHS.size > 20_000) WIDTHS.clear();
  WIDTHS.set(key, shown);
  return shown;
}

/** Many steps of one level: how many, and how many in each state. */
function drawBar(context, { theme, stateOf, view }, unit) {
  const counts = new Map();
  for (const id of unit.members) {
    const tone = toneOf(stateOf(id));
    counts.set(tone, (counts.get(tone) ?? 0) + 1);
  }
  const total = unit.members.length;
  let x = unit.x + 10;
  for (const tone of TONES) {
    const share = ((counts.get(tone) ?? 0) / total) * (unit.width - 20);
    context.fillStyle = theme[tone];
    context.fillRect(x, unit.y + unit.height - 26, share, 14);
    x += share;
  }
  if (view.scale < LEGIBLE / 2) return;
  context.fillStyle = theme.text;
  context.textBaseline = 'middle';
  context.font = `600 14px ${theme.font}`;
  context.fillText(`${total} steps`, unit.x + 12, unit.y + 24);
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.muted;
  const ended = (counts.get('good') ?? 0) + (counts.get('bad') ?? 0);
  context.fillText(`${ended} ended, ${counts.get('bad') ?? 0} failed`, unit.x + 12, unit.y + 48);
  context.fillText('click to open', unit.x + 12, unit.y + 68);
}

/** Where the minimap is, and its scale; null where the graph is in view as a whole. */
export function minimapOf({ graph, width, height, view }) {
  const isWhole = view.x >= 0 && view.y >= 0
    && view.x + graph.width * view.scale <= width && view.y + graph.height * view.scale <= height;
  if (isWhole || width < 500) return null;
  const scale = Math.min(MINIMAP.width / Math.max(1, graph.width), MINIMAP.height / Math.max(1, graph.height));
  const [w, h] = [Math.max(12, graph.width * scale), Math.max(12, graph.height * scale)];
  return { x: width - w - MINIMAP.margin, y: height - h - MINIMAP.margin, width: w, height: h, scale };
}

function drawMinimap(context, scene) {
  const map = minimapOf(scene);
  if (!map) return;
  const { graph, view, width, height, theme, stateOf } = scene;
  context.fillStyle = theme.sunken;
  context.fillRect(map.x - 4, map.y - 4, map.width + 8, map.height + 8);
  for (const unit of graph.placed) {
    context.fillStyle = theme[toneOf(stateOf(unit.members[0]))];
    context.fillRect(map.x + unit.x * map.scale, map.y + unit.y * map.scale,
      Math.max(1, unit.width * map.scale), Math.max(1, unit.height * map.scale));
  }
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.5;
  const left = Math.max(0, -view.x / view.scale * map.scale);
  const top = Math.max(0, -view.y / view.scale * map.scale);
  context.strokeRect(map.x + left, map.y + top,
    Math.min(map.width - left, width / view.scale * map.scale), Math.min(map.height - top, height / view.scale * map.scale));
}
