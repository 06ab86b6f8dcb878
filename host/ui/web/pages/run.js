// Runs a task: a form made from the input schema of its template, and the command that does the same.
import { html, useEffect, useId, useMemo, useState } from '../lib/preact.js';
import { at, get, refusal, send } from '../lib/api.js';
import { quoted } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { navigate, place } from '../lib/router.js';
import { initial, kindOf, pruned, resolve } from '../lib/schema.js';
import { Card, Command, Loaded, PageHead, Problem } from '../components/basics.js';
import { TextField } from '../components/dialog.js';
import { SchemaField } from '../components/form.js';

export default function Run({ namespace, name }) {
  const { query } = place.value;
  const from = query.get('from');
  const loaded = useLoad(async (abort) => {
    const task = from && await get(at`/v1/tasks/${from}`, {}, abort);
    const version = query.get('version') ?? task?.version ?? 'latest';
    const [template, input] = await Promise.all([
      get(at`/v1/namespaces/${namespace}/templates/${name}/versions/${version}`, {}, abort),
      from ? get(at`/v1/tasks/${from}/input`, {}, abort) : null,
    ]);
    return { template, input, asked: version === 'latest' ? '' : version };
  }, [namespace, name, from]);
  return html`<div class="page"><${PageHead} title=${`Run ${namespace}/${name}`} lead=${from && html`With the input of <a href="/tasks/${from}">${from}</a>`} />
    <${Loaded} of=${loaded} what="Reading the template">${(data) => html`<${Form} key=${`${namespace}/${name} ${from}`} namespace=${namespace} name=${name} ...${data} />`}</${Loaded}></div>`;
}

function Form({ namespace, name, template, input, asked }) {
  const schema = template.input_schema ?? true;
  const hasFields = kindOf(resolve(schema, schema)) === 'object';
  const [value, setValue] = useState(() => input ?? initial(schema, schema) ?? {});
  const [text, setText] = useState(null);
  const [options, setOptions] = useState({ version: asked, key: '', priority: '' });
  const [state, setState] = useState({});
  const json = text ?? JSON.stringify(pruned(value));
  useEffect(() => {
    if (!hasFields) setText(JSON.stringify(value, null, 2));
  }, []);
  const errors = useMemo(() => (state.error?.problem?.errors ?? []).map((it) => ({ ...it, path: it.path?.replace(/^\/input/, '') })), [state.error]);
  const submit = async (event) => {
    event.preventDefault();
    setState({ isBusy: true });
    try {
      const body = `{"namespace":${JSON.stringify(namespace)},"template":${JSON.stringify(name)},"input":${checked(json)}${more(options)}}`;
      const response = await send('POST', '/v1/tasks', { body, type: 'application/json' });
      navigate(`/tasks/${(await response.json()).task.id}`);
    } catch (error) {
      setState({ error });
    }
  };
  return html`<form class="run" onSubmit=${submit} noValidate>
    <div class="stack">
      ${template.description && html`<p>${template.description}</p>`}
      <${Card} title="Input" actions=${hasFields && html`<button type="button" class="button small" onClick=${() => toggle(text, setText, value, setValue, setState)}>${text === null ? 'As JSON' : 'As fields'}</button>`}>
        ${text === null ? html`<${SchemaField} schema=${schema} root=${schema} value=${value} onChange=${setValue} errors=${errors} />`
          : html`<${JsonText} text=${text} onChange=${setText} errors=${errors} />`}
      </${Card}>
      <details><summary>Version, key, priority</summary><div class="fields card">
        <${TextField} label="Version" hint="A version or range; empty: what new tasks take now" value=${options.version} onChange=${(version) => setOptions({ ...options, version })} />
        <${TextField} label="Idempotency key" hint="The same key and input give the same task" value=${options.key} onChange=${(key) => setOptions({ ...options, key })} />
        <${TextField} label="Priority" hint="From 0, the lowest, to 9" inputmode="numeric" value=${options.priority} onChange=${(priority) => setOptions({ ...options, priority })} />
      </div></details>
      ${state.error && html`<${Problem} error=${state.error} />`}
      <div class="actions"><button type="submit" class="button primary" disabled=${state.isBusy}>${state.isBusy ? 'Submitting …' : 'Run the task'}</button>
        <span class="muted">on ${options.version || template.version}</span></div>
    </div>
    <aside class="stack"><${Card} title="On a terminal"><${Command} text=${commandOf(namespace, name, json, options)} /></${Card}>
      <${Card} title="What it runs"><ul class="changes">${template.steps.slice(0, 30).map((step) => html`<li><strong>${step.name}</strong><span class="muted">${step.handler}</span></li>`)}</ul>
        ${template.steps.length > 30 && html`<p class="muted">and ${template.steps.length - 30} more steps</p>`}</${Card}></aside>
  </form>`;
}

/** Between fields and JSON; what is no JSON stays text. */
function toggle(text, setText, value, setValue, setState) {
  if (text === null) {
    setText(JSON.stringify(pruned(value), null, 2));
    return;
  }
  try {
    setValue(valueOf(text));
    setText(null);
    setState({});
  } catch (error) {
    setState({ error });
  }
}

function JsonText({ text, onChange, errors }) {
  const id = useId();
  return html`<div class="field"><label for=${id}>Input as JSON</label>
    <textarea id=${id} class="mono" rows="14" spellcheck="false" value=${text} onInput=${(event) => onChange(event.currentTarget.value)} />
    ${errors.map((error) => html`<p class="wrong-text"><code>${error.path}</code> ${error.message}</p>`)}</div>`;
}

/** The text itself, so that numbers keep their digits. */
function checked(text) {
  valueOf(text);
  return text;
}

function valueOf(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refusal('The input is no JSON', error.message);
  }
}

function more({ version, key, priority }) {
  return (version && `,"version":${JSON.stringify(version)}`) + (key && `,"idempotency_key":${JSON.stringify(key)}`)
    + (priority && `,"priority":${JSON.stringify(Number(priority))}`);
}

function commandOf(namespace, name, json, { version, key, priority }) {
  const target = quoted(`${namespace}/${name}`);
  const options = [version && `--version ${quoted(version)}`, key && `--idempotency-key ${quoted(key)}`, priority && `--priority ${quoted(priority)}`].filter(Boolean);
  return ['tasker task run', target, `--input ${quoted(json)}`, ...options, '--watch'].join(' ');
}
