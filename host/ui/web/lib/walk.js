// Walks through a graph with the arrow keys, from one thing that is drawn to the next.

/** @typedef {import('./layout.js').Placed} Placed */

const middle = (unit) => unit.y + unit.height / 2;
const nearest = (units, y) => units.reduce((best, unit) => (!best || Math.abs(middle(unit) - y) < Math.abs(middle(best) - y) ? unit : best), null);

/** What is drawn next to it in a direction: up and down in its level, left and right along an edge where there is one. */
const NEXT = {
  ArrowUp: ({ placed }, from) => placed.findLast((unit) => unit.level === from.level && unit.y < from.y),
  ArrowDown: ({ placed }, from) => placed.find((unit) => unit.level === from.level && unit.y > from.y),
  ArrowLeft: (graph, from) => across(graph, from, -1, graph.edges.filter((edge) => edge.to === from).map((edge) => edge.from)),
  ArrowRight: (graph, from) => across(graph, from, 1, graph.edges.filter((edge) => edge.from === from).map((edge) => edge.to)),
};

export const WALKS = Object.keys(NEXT);

/**
 * @param {{placed: Placed[], edges: {from: Placed, to: Placed}[]}} graph
 * @param {Placed | undefined} from none: the walk begins
 * @param {string} key one of WALKS
 * @returns {Placed | undefined}
 */
export function nextTo(graph, from, key) {
  return from ? NEXT[key](graph, from) ?? from : graph.placed[0];
}

function across({ placed }, from, by, connected) {
  return nearest(connected.length > 0 ? connected : placed.filter((unit) => unit.level === from.level + by), middle(from)) ?? undefined;
}
