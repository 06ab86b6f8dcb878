// Measures the web interface; see interface.sh.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import { createInterface } from 'node:readline';

const require = createRequire(`${process.env.TASKER_BROWSER_MODULES}/`);
const { chromium } = require('playwright-core');
const HOST = process.env.TASKER_URL;
const VISITS = 15;
const EVENTS = 40;
const STEPS = 1_000;
const WATCHED_MS = 15_000;
const LONG_MS = 50;
const TURNS = Number(process.env.TURNS ?? 4);
const CHAINS = 16_000;
const BATCH = 500;
const PAGES = 50;
const QUERIES = 200;
const LONE_TASKS = 150;
const QUERY = `query {tasks(first: 50) {nodes {
  id template state createdAt templateVersion {version digest}
  steps(first: 20) {nodes {name state component handlerVersion {version digest} attempts(first: 5) {nodes {attempt outcome startedAt durationMs host}}}}
}}}`;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const sorted = (values) => [...values].sort((a, b) => a - b);
const quantile = (values, share) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))];
const median = (values) => (quantile(values, 0.5) + sorted(values)[Math.ceil(values.length / 2) - 1]) / 2;
const rounded = (value) => Math.round(value * 10) / 10;
/** Of an instant as the API has it, which Date cuts to milliseconds. */
const micros = (instant) => Date.parse(instant) * 1_000 + Number((instant.match(/\.\d{3}(\d{3})/) ?? [0, 0])[1]);
const times = (values) => ({ p50: rounded(quantile(values, 0.5)), p95: rounded(quantile(values, 0.95)), count: values.length });

async function ask(method, path, type, body) {
  const response = await fetch(HOST + path, { method, headers: type ? { 'content-type': type } : {}, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

const publish = (name, steps) => ask('PUT', `/v1/namespaces/bench/templates/${name}/versions/1.0.0`, 'application/yaml',
  `namespace: bench\nname: ${name}\nversion: 1.0.0\nidentity: unique\nsteps:\n${steps.join('\n')}\n`);

const submit = async (submits) => ask('POST', '/v1/tasks', 'application/json', JSON.stringify(submits));

async function prepare() {
  await ask('PUT', '/v1/namespaces/bench/components/basics/versions/1.0.0', 'application/wasm', readFileSync(process.argv[2]));
  const chain = Array.from({ length: 5 }, (_, no) => `  - {name: s${no}, handler: basics/noop, depends_on: [${no > 0 ? `s${no - 1}` : ''}]}`);
  await publish('linear5', chain);
  // Levels of 50, each after the one before, so that the task lasts.
  const level = 50;
  const many = Array.from({ length: STEPS }, (_, no) => `  - {name: s${no}, handler: basics/sleep, config: {ms: 500}, depends_on: [${no >= level ? `s${no - level}` : ''}]}`);
  await publish('many', many);
}

/** From the click on a link from elsewhere until the page has its heading and its menu, and the browser nothing to do. */
async function firstPage() {
  const all = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    // Another browser each time: nothing is kept, neither files nor code.
    const browser = await chromium.launch({ executablePath: process.env.TASKER_BROWSER, args: ['--no-sandbox', '--disable-gpu'] });
    const page = await browser.newPage();
    await page.addInitScript(() => {
      const look = () => {
        if (!document.querySelector('main h1') || !document.querySelector('nav a[href="/tasks"]')) return;
        observer.disconnect();
        requestIdleCallback(() => { globalThis.interactiveAt = performance.now(); });
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { childList: true, subtree: true });
    });
    await page.goto(HOST);
    all.push(await page.waitForFunction(() => globalThis.interactiveAt).then((it) => it.jsonValue()));
    await browser.close();
  }
  return times(all);
}

/** From the time in the event, which is before its commit, until the task is in the list of another page. */
async function eventShown(browser) {
  const page = await browser.newPage();
  await page.addInitScript(() => {
    globalThis.shownAt = {};
    new MutationObserver(() => {
      for (const link of document.querySelectorAll('main tbody a[href^="/tasks/"]')) globalThis.shownAt[link.getAttribute('href')] ??= Date.now();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${HOST}/tasks`);
  await page.locator('.side .feed.live').waitFor();
  const all = [];
  for (let no = 0; no < EVENTS; no += 1) {
    await wait(1_500 + Math.random() * 500);
    const { task } = await submit({ namespace: 'bench', template: 'linear5' });
    const shown = await page.waitForFunction((path) => globalThis.shownAt[path], `/tasks/${task.id}`).then((it) => it.jsonValue());
    all.push(shown - new Date(task.created_at).getTime());
  }
  await page.close();
  return times(all);
}

/** Tasks of more than 50 ms of a page that shows 1,000 steps as they run, while chains run too. */
async function manySteps(browser) {
  const page = await browser.newPage();
  const { task } = await submit({ namespace: 'bench', template: 'many' });
  await page.goto(`${HOST}/tasks/${task.id}`);
  await page.locator('main canvas').first().waitFor();
  await wait(1_000);
  await page.evaluate(() => {
    globalThis.long = [];
    new PerformanceObserver((list) => { globalThis.long.push(...list.getEntries().map((it) => Math.round(it.duration))); }).observe({ type: 'longtask' });
  });
  const end = Date.now() + WATCHED_MS;
  let chains = 0;
  while (Date.now() < end) {
    await submit(Array.from({ length: 50 }, () => ({ namespace: 'bench', template: 'linear5' })));
    chains += 50;
    await wait(500);
  }
  const long = await page.evaluate(() => globalThis.long);
  const counts = await ask('GET', `/v1/tasks/${task.id}`);
  await page.close();
  return { steps: STEPS, watched_s: WATCHED_MS / 1_000, chains_beside: chains, complete: counts.step_counts.complete ?? 0, over_50_ms: long.filter((it) => it > LONG_MS).length, longest_ms: Math.max(0, ...long) };
}

async function allEnded() {
  for (;;) {
    const { items } = await ask('GET', '/v1/tasks?namespace=bench&state=pending,in_progress&limit=1');
    if (items.length === 0) return;
    await wait(20);
  }
}

/** GraphQL: 50 tasks with their steps, attempts and versions, on a host that has nothing else to do. */
async function graphql() {
  await submit(Array.from({ length: 50 }, () => ({ namespace: 'bench', template: 'linear5' })));
  await allEnded();
  const all = [];
  let attempts = 0;
  for (let no = 0; no < QUERIES; no += 1) {
    const begun = performance.now();
    const { data, errors } = await ask('POST', '/graphql', 'application/json', JSON.stringify({ query: QUERY }));
    all.push(performance.now() - begun);
    if (errors) throw new Error(JSON.stringify(errors));
    attempts = data.tasks.nodes.flatMap((task) => task.steps.nodes).flatMap((step) => step.attempts.nodes).length;
  }
  return { tasks: 50, attempts, ...times(all) };
}

/** Steps a second of chains. */
async function chains() {
  const submits = Array.from({ length: BATCH }, () => ({ namespace: 'bench', template: 'linear5' }));
  const begun = performance.now();
  for (let no = 0; no < CHAINS; no += BATCH) await submit(submits);
  await allEnded();
  return (CHAINS * 5) / ((performance.now() - begun) / 1_000);
}

/** Milliseconds of a chain that runs alone, p50: by the times of the database, from its creation to its end. */
async function lone() {
  const all = [];
  for (let no = 0; no < LONE_TASKS; no += 1) {
    const { task } = await submit({ namespace: 'bench', template: 'linear5' });
    const ended = await ask('GET', `/v1/tasks/${task.id}?wait_ms=10000`);
    all.push(micros(ended.finished_at) - micros(ended.created_at));
  }
  return quantile(all, 0.5) / 1_000;
}

async function withPages(measure, program = ['node']) {
  const [command, ...more] = [...program, new URL('streams.mjs', import.meta.url).pathname, String(PAGES)];
  const readers = spawn(command, more, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: readers.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const figure = await measure();
  readers.kill('SIGTERM');
  const { value } = await lines.next();
  return { figure, events: Number(value) };
}

/** Somebody follows the log, and wants nothing of it. */
async function withFollower(measure) {
  const ending = new AbortController();
  const stream = await fetch(`${HOST}/v1/events/stream?types=host.*`, { headers: { accept: 'text/event-stream' }, signal: ending.signal });
  const reader = stream.body.getReader();
  await reader.read();
  const figure = await measure();
  ending.abort();
  return { figure };
}

/** A figure beside something and without it, in turns; `ratio` says how much of it is left. */
async function inTurns(measure, beside, ratio) {
  // What is left of the task of many steps.
  await wait(2_000);
  await measure();
  const turns = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    // The one that is first gains nothing by it.
    const first = turn % 2 === 0 ? await measure() : null;
    const { figure, ...more } = await beside(measure);
    const without = first ?? await measure();
    turns.push({ without: rounded(without), with: rounded(figure), ratio: Math.round(ratio(figure, without) * 1_000) / 1_000, ...more });
  }
  return { turns, ratio: Math.round(median(turns.map((it) => it.ratio)) * 1_000) / 1_000 };
}

const rates = (beside) => inTurns(chains, beside, (rate, without) => rate / without);
const latencies = (beside) => inTurns(lone, beside, (ms, without) => without / ms);
/** Browsers are on other machines: these take only time of the processors that nothing else wants. */
const withPagesElsewhere = (measure) => withPages(measure, ['chrt', '--idle', '0', 'node']);

const load = () => rounded(loadavg()[0]);
/** Runs with a browser of its own. */
async function browsed(measure) {
  const browser = await chromium.launch({ executablePath: process.env.TASKER_BROWSER, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    return await measure(browser);
  } finally {
    await browser.close();
  }
}
const MEASURES = {
  graphql_ms: graphql,
  first_page_ms: firstPage,
  event_shown_ms: () => browsed(eventShown),
  page_of_many_steps: () => browsed(manySteps),
  linear5_beside_pages: async () => ({ pages: PAGES, ...await rates(withPages) }),
  linear5_beside_a_follower: () => rates(withFollower),
  latency_beside_pages: async () => ({ pages: PAGES, ...await latencies(withPages) }),
  latency_beside_pages_elsewhere: async () => ({ pages: PAGES, ...await latencies(withPagesElsewhere) }),
};
const only = process.env.ONLY?.split(',') ?? Object.keys(MEASURES);
const report = { cores: cpus().length, load_before: load() };
await prepare();
for (const name of only) report[name] = await MEASURES[name]();
report.load_after = load();
console.log(JSON.stringify(report, null, 2));
