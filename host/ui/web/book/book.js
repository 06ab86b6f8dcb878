// The documentation: search, copies of examples, and which boxes the keyboard stops at. Everything else works without.

const MOST_FOUND = 12;
const SNIPPET_CHARS = 140;
const query = document.getElementById('query');
const found = document.getElementById('found');
const count = document.getElementById('count');

let index;

/** The sections of all chapters, read at the first search. */
function sections() {
  index ??= fetch('/docs/search.json').then(async (response) => {
    if (!response.ok) throw new Error(`status ${response.status}`);
    const list = await response.json();
    return list.map(([address, chapter, heading, text]) => ({
      address, chapter, heading, text,
      title: `${chapter} ${heading}`.toLowerCase(), body: text.toLowerCase(),
    }));
  });
  index.catch(() => { index = undefined; });
  return index;
}

/** How well a section answers; 0 where a word is in neither its title nor its text. */
function score(section, words) {
  let sum = 0;
  for (const word of words) {
    if (section.title.includes(word)) sum += section.heading.toLowerCase().startsWith(word) ? 12 : 8;
    else if (section.body.includes(word)) sum += 1;
    else return 0;
  }
  const phrase = words.join(' ');
  if (section.heading.toLowerCase() === phrase) sum += 20;
  else if (words.length > 1 && section.body.includes(phrase)) sum += 4;
  return sum;
}

function search(list, words) {
  const scored = list.map((section) => ({ section, sum: score(section, words) }));
  return scored.filter(({ sum }) => sum > 0).sort((a, b) => b.sum - a.sum).map(({ section }) => section);
}

/** The part of a text around the first word, with each word marked. */
function snippet(section, words) {
  const places = words.map((word) => section.body.indexOf(word)).filter((at) => at >= 0);
  const from = Math.max(0, Math.min(...places, section.text.length) - 40);
  const start = places.length === 0 ? 0 : from;
  const text = section.text.slice(start, start + SNIPPET_CHARS);
  const node = document.createElement('span');
  if (start > 0) node.append('… ');
  let rest = text;
  while (rest !== '') {
    const lower = rest.toLowerCase();
    const hits = words.map((word) => ({ word, at: lower.indexOf(word) })).filter(({ at }) => at >= 0);
    const next = hits.sort((a, b) => a.at - b.at)[0];
    if (next === undefined) break;
    const mark = document.createElement('mark');
    mark.textContent = rest.slice(next.at, next.at + next.word.length);
    node.append(rest.slice(0, next.at), mark);
    rest = rest.slice(next.at + next.word.length);
  }
  node.append(rest);
  return node;
}

function entry(section, words) {
  const link = document.createElement('a');
  link.href = section.address;
  const title = document.createElement('b');
  title.textContent = section.heading === section.chapter ? section.chapter : `${section.chapter} › ${section.heading}`;
  link.append(title, snippet(section, words));
  return link;
}

function close() {
  found.hidden = true;
  found.replaceChildren();
  count.textContent = '';
}

function note(text) {
  const node = document.createElement('p');
  node.textContent = text;
  found.replaceChildren(node);
  found.hidden = false;
  count.textContent = text;
}

async function show() {
  const asked = query.value;
  const words = asked.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return close();
  let list;
  try {
    list = await sections();
  } catch (error) {
    return note(`The search could not be loaded: ${error.message}`);
  }
  if (asked !== query.value) return undefined;
  const all = search(list, words);
  if (all.length === 0) return note('Nothing was found.');
  found.replaceChildren(...all.slice(0, MOST_FOUND).map((section) => entry(section, words)));
  found.hidden = false;
  count.textContent = all.length === 1 ? '1 section was found.' : `${all.length} sections were found.`;
  return undefined;
}

/** Moves among the links that were found; before the first one is the field. */
function move(step) {
  const links = [...found.querySelectorAll('a')];
  const at = links.indexOf(document.activeElement) + step;
  if (at < 0) query.focus();
  else links[Math.min(at, links.length - 1)]?.focus();
}

function prepareSearch() {
  query.closest('search').hidden = false;
  query.addEventListener('input', show);
  query.addEventListener('click', show);
  query.closest('search').addEventListener('keydown', (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      move(steps[event.key]);
    } else if (event.key === 'Escape') {
      query.focus();
      close();
    } else if (event.key === 'Enter' && event.target === query) {
      found.querySelector('a')?.click();
    }
  });
  document.addEventListener('keydown', (event) => {
    const isTyped = event.target.closest('input, textarea') !== null || event.ctrlKey || event.metaKey || event.altKey;
    if (event.key === '/' && !isTyped) {
      event.preventDefault();
      query.focus();
    }
  });
  document.addEventListener('click', (event) => {
    if (event.target.closest('search') === null || event.target.closest('#found a') !== null) close();
  });
}

/** What is worth copying of an example: of a console, its commands. */
function copied(code) {
  const text = code.textContent;
  if (!code.classList.contains('language-console')) return text;
  const commands = [];
  let goesOn = false;
  for (const line of text.split('\n')) {
    const isCommand = line.startsWith('$ ');
    if (isCommand || goesOn) {
      commands.push(isCommand ? line.slice(2) : line);
      goesOn = line.endsWith('\\');
    }
  }
  return commands.length === 0 ? text : `${commands.join('\n')}\n`;
}

function addCopies() {
  if (navigator.clipboard === undefined) return;
  for (const box of document.querySelectorAll('.code')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(copied(box.querySelector('code')));
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    });
    box.append(button);
  }
}

/** The keyboard stops at boxes that can be scrolled, and at no others. */
function chooseStops() {
  for (const box of document.querySelectorAll('.code pre, .scroll')) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute('tabindex');
  }
}

/** Has the contents show this chapter, without moving the page. */
function showPlace() {
  const contents = document.getElementById('contents');
  const here = contents.querySelector('[aria-current]');
  if (here !== null) contents.scrollTop = here.offsetTop - contents.clientHeight / 2;
}

prepareSearch();
addCopies();
chooseStops();
addEventListener('resize', chooseStops);
showPlace();
