// Where the steps of a graph are drawn: levels by the longest path, order within a level by a few barycentre sweeps,
// and wide levels as bars.

/**
 * @typedef {object} GraphNode
 * @property {string} id
 * @property {string[]} parents
 *
 * @typedef {object} Placed A node, or a bar of many that share a level.
 * @property {string} id
 * @property {string[]} members one for a node
 * @property {number} level
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 */

const NODE_WIDTH = 168;
const NODE_HEIGHT = 38;
const GAP_X = 56;
const GAP_Y = 14;
const SWEEPS = 6;
/** A level with more nodes is drawn as a bar. */
const WIDE = 40;

/**
 * @param {GraphNode[]} nodes
 * @param {Set<number>} opened levels that are drawn node by node although they are wide
 * @returns {{placed: Placed[], edges: {from: Placed, to: Placed, count: number}[], width: number, height: number}}
 */
export function layout(nodes, opened = new Set()) {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const levels = byLevel(nodes, known);
  const { units, unitOf } = asUnits(levels, opened);
  const edges = between(nodes, known, unitOf);
  order(units, edges);
  return { ...place(units), edges };
}

/** Nodes by the length of the longest path to them. What is in a circle is left at the first level. */
function byLevel(nodes, known) {
  const children = new Map(nodes.map((node) => [node.id, []]));
  const missing = new Map();
  for (const node of nodes) {
    const parents = node.parents.filter((parent) => known.has(parent));
    missing.set(node.id, parents.length);
    for (const parent of parents) children.get(parent).push(node.id);
  }
  const depth = new Map(nodes.map((node) => [node.id, 0]));
  const free = nodes.filter((node) => missing.get(node.id) === 0).map((node) => node.id);
  for (let at = 0; at < free.length; at += 1) {
    for (const child of children.get(free[at])) {
      depth.set(child, Math.max(depth.get(child), depth.get(free[at]) + 1));
      missing.set(child, missing.get(child) - 1);
      if (missing.get(child) === 0) free.push(child);
    }
  }
  const levels = [];
  for (const node of nodes) (levels[depth.get(node.id)] ??= []).push(node.id);
  return levels.map((level) => level ?? []);
}

function asUnits(levels, opened) {
  const unitOf = new Map();
  const units = levels.map((ids, level) => {
    const isBar = ids.length > WIDE && !opened.has(level);
    const made = isBar
      ? [{ id: `level ${level}`, members: ids, level, x: 0, y: 0, width: NODE_WIDTH, height: NODE_HEIGHT * 3 }]
      : ids.map((id) => ({ id, members: [id], level, x: 0, y: 0, width: NODE_WIDTH, height: NODE_HEIGHT }));
    for (const unit of made) for (const id of unit.members) unitOf.set(id, unit);
    return made;
  });
  return { units, unitOf };
}

/** Edges between what is drawn; several between the same two are one. */
function between(nodes, known, unitOf) {
  const edges = new Map();
  for (const node of nodes) {
    const to = unitOf.get(node.id);
    for (const parent of node.parents) {
      if (!known.has(parent)) continue;
      const from = unitOf.get(parent);
      const key = `${from.id}\u0000${to.id}`;
      const edge = edges.get(key);
      if (edge) edge.count += 1;
      else edges.set(key, { from, to, count: 1 });
    }
  }
  return [...edges.values()];
}

/** Sorts each level by the mean place of its neighbours, downwards and upwards in turn. */
function order(units, edges) {
  const [parents, children] = [new Map(), new Map()];
  const add = (map, key, value) => (map.get(key) ?? map.set(key, []).get(key)).push(value);
  for (const { from, to } of edges) {
    add(parents, to, from);
    add(children, from, to);
  }
  const number = (level) => level.forEach((unit, index) => { unit.y = index; });
  units.forEach(number);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const [near, levels] = sweep % 2 === 0 ? [parents, units] : [children, [...units].reverse()];
    for (const level of levels) {
      const weights = new Map(level.map((unit) => [unit, mean(near.get(unit), unit.y)]));
      level.sort((a, b) => weights.get(a) - weights.get(b) || a.y - b.y);
      number(level);
    }
  }
}

const mean = (units, otherwise) => (units ? units.reduce((sum, unit) => sum + unit.y, 0) / units.length : otherwise);

/** Coordinates: levels from left to right, each in the middle. */
function place(units) {
  const heights = units.map((level) => level.reduce((sum, unit) => sum + unit.height + GAP_Y, -GAP_Y));
  const height = Math.max(0, ...heights);
  units.forEach((level, index) => {
    let y = (height - heights[index]) / 2;
    for (const unit of level) {
      unit.x = index * (NODE_WIDTH + GAP_X);
      unit.y = y;
      y += unit.height + GAP_Y;
    }
  });
  const width = Math.max(0, units.length * (NODE_WIDTH + GAP_X) - GAP_X);
  return { placed: units.flat(), width, height };
}
