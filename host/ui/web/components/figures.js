// Attempts by version: how many, how many failed, how long they took.
import { html } from '../lib/preact.js';
import { duration, number, percent } from '../lib/format.js';
import { Table } from './table.js';

/**
 * Adds groups of statistics up by version. A percentile of several groups is the greatest of theirs.
 * @returns {{version: string, count: number, failed: number, retried: number, p50: number | null, p95: number | null}[]}
 */
export function figuresOf(groups, versionOf) {
  const sums = new Map();
  for (const group of groups) {
    const version = versionOf(group);
    const sum = sums.get(version) ?? { version, count: 0, failed: 0, retried: 0, p50: null, p95: null };
    const { count, failed, retried, duration: times } = group.attempts;
    sums.set(version, {
      version,
      count: sum.count + count,
      failed: sum.failed + failed,
      retried: sum.retried + retried,
      p50: times ? Math.max(sum.p50 ?? 0, times.p50) : sum.p50,
      p95: times ? Math.max(sum.p95 ?? 0, times.p95) : sum.p95,
    });
  }
  return [...sums.values()].sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }));
}

export const failureRate = (figures) => (figures.count > 0 ? (figures.failed + figures.retried) / figures.count : null);

export function Figures({ rows }) {
  if (rows.length === 0) return html`<p class="muted">No attempt ended in this time.</p>`;
  return html`<${Table} label="Attempts by version" rows=${rows} keyOf=${(it) => it.version} columns=${[
    { name: 'Version', cell: (it) => it.version, kind: 'wide' },
    { name: 'Attempts', cell: (it) => number(it.count), kind: 'num' },
    { name: 'Failed', cell: (it) => html`<span class=${it.failed + it.retried > 0 ? 'tone-bad' : ''}>${number(it.failed + it.retried)}</span>`, kind: 'num' },
    { name: 'Failure rate', cell: (it) => percent(failureRate(it)), kind: 'num' },
    { name: 'Median', cell: (it) => duration(it.p50), kind: 'num' },
    { name: '95 %', cell: (it) => duration(it.p95), kind: 'num' },
  ]} />`;
}
