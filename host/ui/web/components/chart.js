// Tasks over time as stacked bars.
import { html, useRef } from '../lib/preact.js';
import { dateTime, number } from '../lib/format.js';
import { useWidth } from '../lib/hooks.js';

const HEIGHT = 120;
const PARTS = [['complete', 'good'], ['failed', 'bad'], ['cancelled', 'idle']];

/** @param {{throughput: {at: string, complete: number, failed: number, cancelled: number}[], since: string, until: string, minutes: number}} props */
export function Throughput({ throughput, since, until, minutes }) {
  const box = useRef(null);
  const width = useWidth(box);
  const [begin, end] = [new Date(since).getTime(), new Date(until).getTime()];
  const most = Math.max(1, ...throughput.map((it) => it.complete + it.failed + it.cancelled));
  const step = (minutes * 60_000) / Math.max(1, end - begin) * width;
  const bars = throughput.flatMap((it) => {
    let top = HEIGHT;
    const x = (new Date(it.at).getTime() - begin) / (end - begin) * width;
    return PARTS.filter(([name]) => it[name] > 0).map(([name, tone]) => {
      const height = Math.max(1.5, it[name] / most * HEIGHT);
      top -= height;
      return html`<rect class="bar-${tone}" x=${x} y=${top} width=${Math.max(1.5, step - 1)} height=${height}><title>${dateTime(it.at)}: ${number(it[name])} ${name}</title></rect>`;
    });
  });
  const total = (name) => throughput.reduce((sum, it) => sum + it[name], 0);
  const label = `Tasks that ended: ${total('complete')} complete, ${total('failed')} failed, ${total('cancelled')} cancelled`;
  return html`<div ref=${box} class="stack"><svg class="chart" viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${label}>
      <line class="axis" x1="0" x2=${width} y1=${HEIGHT} y2=${HEIGHT} />${bars}</svg>
    <div class="chart-ends"><span>${dateTime(since)}</span><span>at most ${number(most)} in ${minutes === 1 ? 'a minute' : minutes === 60 ? 'an hour' : 'a day'}</span><span>${dateTime(until)}</span></div></div>`;
}
