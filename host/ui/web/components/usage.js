// How much the versions of something are used, and how often they fail: in a window, and in its parts.
import { html, useMemo } from '../lib/preact.js';
import { get } from '../lib/api.js';
import { dateTime, number, percent } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { place } from '../lib/router.js';
import { WINDOW_CHOICES, windowOf } from '../lib/windows.js';
import { Card, Filter, Loaded, Time } from './basics.js';
import { Throughput } from './chart.js';
import { Figures, failureRate, figuresOf } from './figures.js';
import { Table } from './table.js';

/** The most groups that are asked for. */
const MOST_GROUPS = 500;

/**
 * @param {{query: object, versionOf: (group: any) => string | null, of: string, tasks?: boolean}} props what is asked of
 *   the statistics; the version of a group, null of those of something else; what is counted, in words; whether the
 *   tasks that ended are shown too
 */
export function Usage({ query, versionOf, of, tasks = false }) {
  const hours = place.value.query.get('hours') ?? '';
  const range = useMemo(() => windowOf(hours), [hours]);
  const read = (part, abort) => get('/v1/analytics/performance', { ...query, limit: MOST_GROUPS, since: part.since, until: part.until }, abort);
  const deps = [JSON.stringify(query), range];
  const whole = useLoad((abort) => read(range, abort), deps);
  const parts = useLoad(async (abort) => {
    const answers = [];
    for (const part of range.parts) answers.push({ since: part.since, groups: (await read(part, abort)).groups });
    return answers;
  }, deps);
  return html`<${Card} title="Attempts by version" wide>
    <div class="filters"><${Filter} name="hours" label="Window" value=${hours} options=${WINDOW_CHOICES} /></div>
    <p class="muted">${of} Attempts that failed and are tried again count as failed.</p>
    <${Loaded} of=${whole} what="Reading statistics">${(data) => html`<${InWindow} data=${data} parts=${parts} versionOf=${versionOf} tasks=${tasks} />`}</${Loaded}></${Card}>`;
}

function InWindow({ data, parts, versionOf, tasks }) {
  const figures = figuresByVersion(data.groups, versionOf);
  return html`
    <${Figures} rows=${figures} />
    ${data.groups.length >= MOST_GROUPS && html`<p class="note">Only the ${MOST_GROUPS} groups with the most attempts are counted here.</p>`}
    ${data.is_behind && html`<p class="note">Statistics are behind: counted up to <${Time} at=${data.as_of} />.</p>`}
    ${figures.length > 0 && html`<h3>Over time, by the beginning of each part</h3>
      <${Loaded} of=${parts} what="Reading the parts of the window">${(all) => html`<${OverTime} parts=${all.map(({ since, groups }) => ({ since, figures: figuresByVersion(groups, versionOf) }))} />`}</${Loaded}>`}
    ${tasks && data.throughput.length > 0 && html`<h3>Tasks that ended, of all versions</h3><${Throughput} ...${data} />`}`;
}

const figuresByVersion = (groups, versionOf) => figuresOf(groups.filter((it) => versionOf(it) !== null), versionOf);

/** A row of each version, a column of each part. */
function OverTime({ parts }) {
  const versions = rowsOf(parts);
  const most = Math.max(1, ...versions.flatMap(({ figures }) => [...figures.values()].map((it) => it.count)));
  return html`<${Table} label="Attempts by version over time" rows=${versions} keyOf=${(it) => it.version} columns=${[
    { name: 'Version', cell: (it) => it.version },
    ...parts.map((part) => ({ name: dateTime(part.since), kind: 'num brief', cell: (it) => html`<${Part} figures=${it.figures.get(part.since)} most=${most} />` })),
  ]} />`;
}

/** The highest version first; the figures of each by the beginning of the part. */
function rowsOf(parts) {
  const byVersion = new Map();
  for (const { since, figures } of parts) {
    for (const its of figures) {
      if (!byVersion.has(its.version)) byVersion.set(its.version, new Map());
      byVersion.get(its.version).set(since, its);
    }
  }
  const versions = [...byVersion].map(([version, figures]) => ({ version, figures }));
  return versions.sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }));
}

function Part({ figures, most }) {
  if (!figures) return html`<span class="muted">0</span>`;
  const failed = figures.failed + figures.retried;
  return html`<div class="part"><span>${number(figures.count)}</span>
    <span class=${failed > 0 ? 'tone-bad' : 'muted'}>${percent(failureRate(figures))} failed</span>
    <div class="part-bar" aria-hidden="true"><span class="fill-good" style=${{ flexGrow: figures.count - failed }} /><span class="fill-bad" style=${{ flexGrow: failed }} />
      <span style=${{ flexGrow: most - figures.count }} /></div></div>`;
}
