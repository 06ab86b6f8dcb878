// Keys for all pages: `?` lists them, `/` goes to the search, `g` and a letter to a page.
import { html, signal, useEffect, useRef } from '../lib/preact.js';
import { navigate } from '../lib/router.js';
import { MENU } from '../routes.js';

const isShown = signal(false);
/** How long after `g` its letter may come. */
const CHORD_MS = 1_500;

const isTyping = (element) => element.closest?.('input, textarea, select, [contenteditable]');

export function useShortcuts() {
  useEffect(() => {
    let chordUntil = 0;
    const onKeyDown = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open]')) return;
      if (performance.now() < chordUntil) {
        chordUntil = 0;
        const entry = MENU.flatMap(([, entries]) => entries).find(([, , , , key]) => key === event.key);
        if (entry) navigate(entry[3]);
      } else if (event.key === 'g') {
        chordUntil = performance.now() + CHORD_MS;
      } else if (event.key === '?') {
        isShown.value = true;
      } else if (event.key === '/') {
        const search = document.querySelector('main input[type="search"]');
        if (search) {
          event.preventDefault();
          search.focus();
        }
      }
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}

export const Shortcuts = () => isShown.value && html`<${List} close=${() => { isShown.value = false; }} />`;

function List({ close }) {
  const box = useRef(null);
  useEffect(() => {
    box.current.showModal();
  }, []);
  const keys = MENU.flatMap(([, entries]) => entries).map(([, text, , , key]) => [['g', key], text]);
  const general = [[['?'], 'Show the shortcuts'], [['/'], 'Go to the search of the page'], [['Esc'], 'Close a dialog']];
  return html`<dialog ref=${box} onClose=${close} aria-labelledby="shortcuts-title"><div class="stack">
    <h2 id="shortcuts-title">Shortcuts</h2>
    <dl class="shortcuts">${[...general, ...keys].map(([chord, text]) => html`
      <dt>${chord.map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${text}</dd>`)}</dl>
    <div class="dialog-end"><button type="button" class="button" onClick=${close}>Close</button></div>
  </div></dialog>`;
}
