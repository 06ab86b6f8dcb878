// The frame around all pages: menu, session, feed, shortcuts.
import { html, render, useEffect, useErrorBoundary, useRef, useState } from './lib/preact.js';
import { feedState, startFeed, stopFeed } from './lib/feed.js';
import { followLinks, match, place } from './lib/router.js';
import { loadSession, session, signOut } from './lib/session.js';
import { CHOICES, setTheme, theme } from './lib/theme.js';
import { Empty, Loading, PageHead, Problem } from './components/basics.js';
import { Dialogs } from './components/dialog.js';
import { Icon } from './components/icon.js';
import { Shortcuts, useShortcuts } from './components/shortcuts.js';
import { MENU, ROUTES } from './routes.js';
import SignIn from './pages/sign-in.js';

const BASE = new URL('..', import.meta.url).pathname;

const FEED_TEXTS = {
  live: 'Live', busy: 'Busy: every few seconds', connecting: 'Connecting', refused: 'Not live', off: 'Not live',
};

function find(path) {
  for (const route of ROUTES) {
    const params = match(route.path, path);
    if (params) return { route, params };
  }
  return null;
}

function App() {
  const { state, error } = session.value;
  useEffect(() => {
    loadSession();
  }, []);
  useEffect(() => {
    if (state === 'in') startFeed();
    else stopFeed();
  }, [state]);
  if (state === 'loading') return html`<${Loading} what="Asking who you are" />`;
  if (state === 'failed') return html`<main class="page"><h1>Tasker</h1><${Problem} error=${error} retry=${loadSession} /></main>`;
  if (state === 'out') return html`<${SignIn} />`;
  return html`<${Frame} />`;
}

function Frame() {
  const [isOpen, setOpen] = useState(false);
  const main = useRef(null);
  const isFirst = useRef(true);
  const { path } = place.value;
  const found = find(path);
  useShortcuts();
  useEffect(() => {
    setOpen(false);
    if (!isFirst.current) main.current.focus({ preventScroll: true });
    isFirst.current = false;
  }, [path.split('/').slice(0, 3).join('/')]);
  const skip = (event) => {
    event.preventDefault();
    main.current.focus();
  };
  return html`
    <a class="skip" href="#main" onClick=${skip}>To the content</a>
    <div class="topbar" role="region" aria-label="Menu">
      <button type="button" class="button" aria-expanded=${isOpen} aria-controls="side" onClick=${() => setOpen(!isOpen)}><${Icon} name="menu" />Menu</button>
      <span class="feed ${feedState.value}">${FEED_TEXTS[feedState.value]}</span>
    </div>
    <div class="frame">
      <${Side} isOpen=${isOpen} section=${found?.route.section} />
      <main id="main" tabindex="-1" ref=${main}>
        ${found ? html`<${Page} key=${found.route.page} found=${found} />` : html`<${Unknown} path=${path} />`}
      </main>
    </div>
    <${Dialogs} /><${Shortcuts} />`;
}

function Side({ isOpen, section }) {
  const { authentication, name } = session.value;
  return html`<header class="side ${isOpen ? 'is-open' : ''}" id="side">
    <a class="brand" href="/"><img src="${BASE}web/icon.svg" alt="" />Tasker</a>
    <nav aria-label="Pages">${MENU.map(([group, entries]) => html`<div key=${group}><h2>${group}</h2><ul>
      ${entries.map(([id, text, icon, href]) => html`<li key=${id}><a href=${href} aria-current=${id === section ? 'page' : undefined}>
        <${Icon} name=${icon} />${text}</a></li>`)}
    </ul></div>`)}</nav>
    <div class="side-end">
      <div class="row"><a href="/docs/">Documentation</a></div>
      <div class="row"><span class="feed ${feedState.value}" role="status">${FEED_TEXTS[feedState.value]}</span><${ThemeChoice} /></div>
      <div class="row">${authentication ? html`<span>${name}</span><button type="button" class="button small" onClick=${signOut}>Sign out</button>`
        : html`<span class="muted">No authentication</span>`}</div>
    </div>
  </header>`;
}

function ThemeChoice() {
  const icons = { auto: 'auto', light: 'sun', dark: 'moon' };
  const next = CHOICES[(CHOICES.indexOf(theme.value) + 1) % CHOICES.length];
  return html`<button type="button" class="button small" title="Colours: ${theme.value}" onClick=${() => setTheme(next)}>
    <${Icon} name=${icons[theme.value]} /><span>${theme.value}</span><span class="hidden-visually"> colours; change to ${next}</span></button>`;
}

function Page({ found }) {
  const [loaded, setLoaded] = useState(null);
  const [failure, setFailure] = useState(null);
  const [fault, clear] = useErrorBoundary();
  useEffect(() => {
    found.route.page().then((module) => setLoaded({ Page: module.default }), setFailure);
  }, []);
  if (fault || failure) {
    const retry = () => (fault ? clear() : location.reload());
    return html`<div class="page"><h1>This page does not work</h1><${Problem} error=${fault ?? failure} />
      <p><button type="button" class="button" onClick=${retry}>Try again</button></p></div>`;
  }
  return loaded ? html`<${loaded.Page} ...${found.params} />` : html`<${Loading} />`;
}

const Unknown = ({ path }) => html`<div class="page"><${PageHead} title="There is no such page" />
  <${Empty} title=${`Nothing is at ${path}.`}>The menu has all pages; <a href="/">the overview</a> is the first of them.</${Empty}></div>`;

followLinks();
const root = document.getElementById('app');
root.textContent = '';
render(html`<${App} />`, root);
