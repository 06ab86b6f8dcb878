// Small parts that all pages are made of.
import { Fragment, html, useEffect, useId, useRef, useState } from '../lib/preact.js';
import { exact, relative, shortDigest } from '../lib/format.js';
import { setQuery } from '../lib/router.js';
import { useInterval } from '../lib/hooks.js';
import { Icon } from './icon.js';

/** A moment, from now; the exact instant is its title. */
export function Time({ at, none = '–' }) {
  const [, renew] = useState(0);
  useInterval(() => renew((count) => count + 1), 15_000);
  if (!at) return html`<span class="muted">${none}</span>`;
  return html`<time datetime=${at} title=${exact(at)}>${relative(at)}</time>`;
}

/** The heading of a page with what can be done there. Its title is that of the tab. */
export function PageHead({ title, lead, children }) {
  useEffect(() => {
    document.title = `${title} · Tasker`;
  }, [title]);
  return html`<header class="page-head">
    <div><h1 tabindex="-1">${title}</h1>${lead && html`<p class="lead">${lead}</p>`}</div>
    ${children && html`<div class="actions">${children}</div>`}
  </header>`;
}

/** Why something did not work, as the host says it. */
export function Problem({ error, retry }) {
  const { problem, status, correlationId, retryAfter } = error;
  if (!problem) {
    return html`<div class="problem" role="alert"><strong><${Icon} name="alert" />A fault of this page</strong><p>${error.message}</p></div>`;
  }
  return html`<div class="problem" role="alert">
    <strong><${Icon} name="alert" />${problem.title}${status ? ` (${status})` : ''}</strong>
    ${problem.detail && html`<p class="pre">${problem.detail}</p>`}
    ${problem.errors?.length > 0 && html`<ul>${problem.errors.map((it) => html`<li><code>${placeOf(it)}</code> ${it.message}</li>`)}</ul>`}
    ${problem.lowest_version && html`<p>The lowest version number that allows the changes: <code>${problem.lowest_version}</code></p>`}
    ${problem.task_id && html`<p><a href="/tasks/${problem.task_id}">Open the task that exists</a></p>`}
    ${retryAfter && html`<p>Try again in ${retryAfter} s.</p>`}
    <p class="small muted"><code>${problem.code}</code>${correlationId && html` · request <code>${correlationId}</code>`}</p>
    ${retry && html`<button type="button" class="button" onClick=${retry}>Try again</button>`}
  </div>`;
}

function placeOf({ path, line, column }) {
  const at = line ? `line ${line}${column ? `, column ${column}` : ''}` : '';
  return [path, at].filter(Boolean).join(' · ') || 'request';
}

export const Loading = ({ what = 'Loading' }) => html`<p class="loading" role="status"><span class="spinner" aria-hidden="true" />${what} …</p>`;

/** What is shown where nothing is, with the command that makes something. */
export function Empty({ title, command, children }) {
  return html`<div class="empty"><p><strong>${title}</strong></p>${children && html`<p>${children}</p>`}
    ${command && html`<${Command} text=${command} />`}</div>`;
}

/** A command to type, with a button that copies it. */
export function Command({ text, label = 'Command' }) {
  return html`<div class="command"><pre tabindex="0" aria-label=${label}><code>${text}</code></pre><${Copy} text=${text} /></div>`;
}

/** Copies a text; not there where the browser does not allow it. */
export function Copy({ text, label = 'Copy' }) {
  const [isCopied, setCopied] = useState(false);
  if (!navigator.clipboard) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(typeof text === 'function' ? await text() : text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return html`<button type="button" class="button small" onClick=${copy}>
    <${Icon} name=${isCopied ? 'check' : 'copy'} /><span aria-live="polite">${isCopied ? 'Copied' : label}</span></button>`;
}

/** What shows data once it is there, and why it is not. */
export function Loaded({ of, what, children }) {
  if (of.data === undefined && of.error) return html`<${Problem} error=${of.error} retry=${of.reload} />`;
  if (of.data === undefined) return html`<${Loading} what=${what} />`;
  return html`<${Fragment}>${of.error && html`<${Problem} error=${of.error} retry=${of.reload} />`}${children(of.data)}</${Fragment}>`;
}

/** Names and values. */
export function Facts({ of }) {
  const shown = of.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return html`<dl class="facts">${shown.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A field of a filter, whose value is in the address. */
export function Filter({ name, label, value, options, placeholder, type = 'search' }) {
  const id = useId();
  const timer = useRef(null);
  // What is typed, until it is in the address.
  const [text, setText] = useState(value ?? '');
  useEffect(() => setText(value ?? ''), [value]);
  const apply = (given) => {
    clearTimeout(timer.current);
    setQuery({ [name]: given.trim(), after: null, before: null });
  };
  const change = (event) => {
    const given = event.currentTarget.value;
    setText(given);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => apply(given), options ? 0 : 300);
  };
  // What is done next is done to what was typed.
  const leave = () => text.trim() !== (value ?? '') && apply(text);
  const input = options
    ? html`<select id=${id} onChange=${change}>${options.map(([key, shown]) => html`<option value=${key} selected=${key === text}>${shown}</option>`)}</select>`
    : html`<input id=${id} type=${type} value=${text} placeholder=${placeholder} onInput=${change} onBlur=${leave} autocomplete="off" spellcheck="false" />`;
  return html`<div class="filter"><label for=${id}>${label}</label>${input}</div>`;
}

/** Tabs that are links. */
export function Tabs({ label, tabs, current }) {
  return html`<nav class="tabs" aria-label=${label}>
    ${tabs.map(([id, text, href]) => html`<a key=${id} href=${href} aria-current=${id === current ? 'page' : undefined}>${text}</a>`)}
  </nav>`;
}

export const Digest = ({ digest }) => html`<code title=${digest}>${shortDigest(digest)}</code>`;

export const Card = ({ title, actions, children, wide }) => html`<section class="card ${wide ? 'wide' : ''}">
  ${title && html`<header><h2>${title}</h2>${actions}</header>`}${children}</section>`;
