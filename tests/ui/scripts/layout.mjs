// The layout of graphs, what forms know of schemas, and windows of statistics: without a browser.
import { assert } from './assert.mjs';
import { layout } from '../../../host/ui/web/lib/layout.js';
import { initial, kindOf, pruned, resolve } from '../../../host/ui/web/lib/schema.js';
import { CREATED_CHOICES, hoursAgo, WINDOW_CHOICES, windowOf } from '../../../host/ui/web/lib/windows.js';
import { Digits, differences, parse, textOf } from '../../../host/ui/web/lib/payload.js';

const nodes = Array.from({ length: 10_000 }, (_, index) => ({
  id: `s${index}`, parents: index < 30 ? [] : [`s${index - 30 + (index % 7)}`, `s${Math.floor(index / 2)}`],
}));
const drawn = layout(nodes);
assert(drawn.placed.flatMap((unit) => unit.members).length === nodes.length, 'each step is drawn once');
assert(drawn.edges.every(({ from, to }) => from.x + from.width < to.x), 'edges lead to the right');
const sorted = drawn.placed.toSorted((a, b) => a.x - b.x || a.y - b.y);
const isApart = (unit, above) => !above || unit.x !== above.x || unit.y >= above.y + above.height;
assert(sorted.every((unit, index) => isApart(unit, sorted[index - 1])), 'steps overlap');

const fan = [{ id: 'a', parents: [] }, ...Array.from({ length: 500 }, (_, index) => ({ id: `f${index}`, parents: ['a'] }))];
assert(layout(fan).placed.length === 2, 'a wide level is one bar');
assert(layout(fan, new Set([1])).placed.length === 501, 'an opened level has all of its steps');
const circle = [{ id: 'a', parents: ['b'] }, { id: 'b', parents: ['a'] }, { id: 'c', parents: ['gone'] }];
assert(layout(circle).placed.length === 3, 'a circle and a missing parent are drawn');
assert(layout([]).placed.length === 0, 'nothing is drawn of nothing');

const schema = {
  type: 'object', required: ['who', 'size'], $defs: { name: { type: 'string' } },
  properties: { who: { $ref: '#/$defs/name' }, size: { enum: ['s', 'l'], default: 's' }, more: { type: 'object', properties: { a: { default: 1 } } } },
};
assert(kindOf(resolve(schema.properties.who, schema)) === 'string', 'a reference is followed');
assert(JSON.stringify(pruned(initial(schema, schema))) === '{"size":"s"}', 'a form begins with defaults');
const endless = { $defs: { it: { type: 'object', required: ['it'], properties: { it: { $ref: '#/$defs/it' } } } }, $ref: '#/$defs/it' };
assert(typeof initial(endless, endless) === 'object', 'a schema of itself has an end');
assert(kindOf({ oneOf: [] }) === 'json' && kindOf(true) === 'json' && kindOf({ type: ['string', 'null'] }) === 'string', 'kinds of fields');

const found = differences(parse('{"a":[1,2],"b":{"c":"x"}}'), parse('{"a":[1,3],"d":null,"b":{"c":"x"}}'));
assert(JSON.stringify(found) === '[{"path":"/a/1","before":2,"after":3},{"path":"/d","after":null}]', JSON.stringify(found));
assert(textOf({ n: new Digits('12345678901234567890.10') }) === '{"n":12345678901234567890.10}', 'digits are kept');

const now = Date.UTC(2026, 2, 4, 5, 6, 7, 8);
for (const [hours, minutes] of [['1', 1], ['', 60], ['168', 1_440], ['720', 1_440]]) {
  const { since, until, parts } = windowOf(hours, now);
  const ends = [since, ...parts.map((part) => part.until)].map((end) => Date.parse(end));
  assert(parts.every((part, index) => Date.parse(part.since) === ends[index]) && parts.at(-1).until === until, 'parts follow each other');
  assert(ends.every((end) => end % (minutes * 60_000) === 0), `the ends of ${hours || 24} hours are not counted alone`);
  assert(ends.at(-1) >= now && ends.at(-1) - ends[0] === (hours || 24) * 3_600_000, 'the window is as long as it says, up to now');
}
assert(hoursAgo('2', 7_200_000) === new Date(0).toISOString() && ['', null, 'x', '-1'].every((it) => hoursAgo(it) === null), 'hours ago are another time');
assert(CREATED_CHOICES.some(([, shown]) => shown === 'in the last hour'), 'a choice has another name');
assert(WINDOW_CHOICES.every(([hours]) => windowOf(hours, now).parts.length > 5), 'a window has too few parts');
for (const other of ['2', 'toString', '-1']) assert(windowOf(other, now).since === windowOf('', now).since, 'another window is a day');
