// Which page is at which path. Pages are read when they are first shown. `host/ui/src/lib.rs` has the same first segments.

/**
 * @typedef {object} Route
 * @property {string} path
 * @property {() => Promise<{default: (props: any) => any}>} page
 * @property {string} section which entry of the menu it belongs to
 */

const task = () => import('./pages/task.js');

/** @type {Route[]} */
export const ROUTES = [
  ['/', () => import('./pages/overview.js'), 'overview'],
  ['/tasks', () => import('./pages/tasks.js'), 'tasks'],
  ['/tasks/:id', task, 'tasks'],
  ['/tasks/:id/:tab', task, 'tasks'],
  ['/tasks/:id/steps/:step', () => import('./pages/step.js'), 'tasks'],
  ['/run', () => import('./pages/run-choice.js'), 'run'],
  ['/run/:namespace/:name', () => import('./pages/run.js'), 'run'],
  ['/statistics', () => import('./pages/statistics.js'), 'statistics'],
  ['/templates', () => import('./pages/templates.js'), 'templates'],
  ['/templates/:namespace/:name', () => import('./pages/template.js'), 'templates'],
  ['/templates/:namespace/:name/:version', () => import('./pages/template-version.js'), 'templates'],
  ['/components', () => import('./pages/components.js'), 'components'],
  ['/components/:namespace/:name', () => import('./pages/component.js'), 'components'],
  ['/components/:namespace/:name/:version', () => import('./pages/component-version.js'), 'components'],
  ['/publish', () => import('./pages/publish.js'), 'publish'],
  ['/pins', () => import('./pages/pins.js'), 'pins'],
  ['/pins/:namespace/:kind/:target', () => import('./pages/pin.js'), 'pins'],
  ['/quarantine', () => import('./pages/quarantine.js'), 'quarantine'],
  ['/grants', () => import('./pages/grants.js'), 'grants'],
  ['/secrets', () => import('./pages/secrets.js'), 'secrets'],
  ['/limits', () => import('./pages/limits.js'), 'limits'],
  ['/recording-rules', () => import('./pages/recording-rules.js'), 'recording-rules'],
  ['/shares', () => import('./pages/shares.js'), 'shares'],
  ['/retention', () => import('./pages/retention.js'), 'retention'],
  ['/kv', () => import('./pages/kv.js'), 'kv'],
  ['/signing-keys', () => import('./pages/signing-keys.js'), 'signing-keys'],
  ['/collections', () => import('./pages/collections.js'), 'collections'],
  ['/queue', () => import('./pages/queue.js'), 'queue'],
  ['/hosts', () => import('./pages/hosts.js'), 'hosts'],
  ['/subscriptions', () => import('./pages/subscriptions.js'), 'subscriptions'],
  ['/subscriptions/:namespace/:name', () => import('./pages/subscription.js'), 'subscriptions'],
  ['/keys', () => import('./pages/keys.js'), 'keys'],
  ['/audit', () => import('./pages/audit.js'), 'audit'],
  ['/settings', () => import('./pages/settings.js'), 'settings'],
].map(([path, page, section]) => ({ path, page, section }));

/** The menu: groups of section, name, icon, path and the key that follows `g`. */
export const MENU = [
  ['Work', [
    ['overview', 'Overview', 'home', '/', 'o'],
    ['tasks', 'Tasks', 'list', '/tasks', 't'],
    ['run', 'Run a task', 'send', '/run', 'r'],
    ['statistics', 'Statistics', 'gauge', '/statistics', 'i'],
  ]],
  ['Registry', [
    ['templates', 'Templates', 'graph', '/templates', 'e'],
    ['components', 'Components', 'box', '/components', 'c'],
    ['publish', 'Publish', 'upload', '/publish', 'p'],
    ['pins', 'Pins and rollouts', 'pin', '/pins', 'n'],
    ['quarantine', 'Quarantine', 'alert', '/quarantine', 'q'],
  ]],
  ['Rules', [
    ['grants', 'Grants', 'shield', '/grants', 'g'],
    ['secrets', 'Secrets', 'lock', '/secrets', 's'],
    ['signing-keys', 'Signing keys', 'hand', '/signing-keys', 'y'],
    ['limits', 'Limits', 'gauge', '/limits', 'l'],
    ['recording-rules', 'Recording rules', 'retry', '/recording-rules', 'm'],
    ['shares', 'Shares', 'send', '/shares', 'w'],
    ['retention', 'Retention', 'clock', '/retention', 'd'],
  ]],
  ['Operation', [
    ['queue', 'Queue', 'clock', '/queue', 'u'],
    ['kv', 'Key-value store', 'box', '/kv', 'v'],
    ['collections', 'Collections', 'retry', '/collections', 'x'],
    ['hosts', 'Hosts', 'server', '/hosts', 'h'],
    ['subscriptions', 'Subscriptions', 'send', '/subscriptions', 'b'],
    ['keys', 'Keys', 'key', '/keys', 'k'],
    ['audit', 'Audit log', 'book', '/audit', 'a'],
    ['settings', 'Settings', 'gear', '/settings', ','],
  ]],
];
