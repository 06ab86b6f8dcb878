// Publishes a component or a template from a file; first it shows what that would change.
import { html, useRef, useState } from '../lib/preact.js';
import { at, send } from '../lib/api.js';
import { bytes } from '../lib/format.js';
import { navigate } from '../lib/router.js';
import { Card, PageHead, Problem } from '../components/basics.js';
import { TextField } from '../components/dialog.js';
import { Yaml } from '../components/yaml.js';
import { Plan } from './publish/plan.js';

const KINDS = {
  component: { plural: 'components', type: 'application/wasm' },
  template: { plural: 'templates', type: 'application/yaml' },
};

export default function Publish() {
  const [file, setFile] = useState(null);
  return html`<div class="page">
    <${PageHead} title="Publish" lead="A component (.wasm) or a template (.yaml). Nothing is stored before you have seen what it changes." />
    <${Drop} onFile=${setFile} />
    ${file && html`<${Chosen} key=${file.key} file=${file} />`}
  </div>`;
}

function Drop({ onFile }) {
  const input = useRef(null);
  const [isOver, setOver] = useState(false);
  const take = async (file) => {
    if (!file) return;
    const isYaml = /\.ya?ml$/i.test(file.name);
    onFile({ key: Symbol(file.name), name: file.name, size: file.size, kind: isYaml ? 'template' : 'component', body: isYaml ? await file.text() : file });
  };
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return html`<div class="drop ${isOver ? 'is-over' : ''}" onDragOver=${(event) => { event.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)} onDrop=${drop}>
    <p><strong>Drop a file here</strong></p>
    <label class="hidden-visually" for="publish-file">File to publish</label>
    <input id="publish-file" class="hidden-visually" tabindex="-1" ref=${input} type="file" accept=".wasm,.yaml,.yml" onChange=${(event) => take(event.currentTarget.files[0])} />
    <button type="button" class="button" onClick=${() => input.current.click()}>Choose a file</button>
  </div>`;
}

/** What the YAML says of itself; a component says nothing of its name, so its file does. */
function guess({ kind, name, body }) {
  if (kind === 'component') {
    const [, stem, version] = /^(.*?)(?:[-@](\d+\.\d+\.\d+.*))?\.wasm$/i.exec(name) ?? [];
    return { namespace: '', name: (stem ?? '').replaceAll('_', '-'), version: version ?? '0.1.0' };
  }
  const read = (member) => new RegExp(`^${member}:\\s*["']?([^\\s"'#]+)`, 'm').exec(body)?.[1] ?? '';
  return { namespace: read('namespace'), name: read('name'), version: read('version') };
}

function Chosen({ file }) {
  const [target, setTarget] = useState(() => guess(file));
  const [state, setState] = useState({});
  const { plural, type } = KINDS[file.kind];
  const path = at`/v1/namespaces/${target.namespace}/${plural}/${target.name}/versions/${target.version}`;
  const isComplete = target.namespace && target.name && target.version;
  const change = (changes) => {
    setTarget({ ...target, ...changes });
    setState({});
  };
  const attempt = async (what, action) => {
    setState((before) => ({ ...before, error: null, busy: what }));
    try {
      await action();
    } catch (error) {
      setState((before) => ({ ...before, busy: null, error }));
    }
  };
  const plan = (event) => {
    event.preventDefault();
    attempt('plan', async () => {
      if (file.kind === 'template') await send('POST', '/v1/templates/check', { body: file.body, type });
      const response = await send('POST', `${path}/plan`, { body: file.body, type });
      setState({ plan: await response.json() });
    });
  };
  const publish = () => attempt('publish', async () => {
    await send('PUT', path, { body: file.body, type });
    navigate(at`/${plural}/${target.namespace}/${target.name}/${target.version}`);
  });
  const errors = state.error?.problem?.errors ?? [];
  return html`<${Card} title=${`${file.name}, ${bytes(file.size)}`}>
    <form class="stack" onSubmit=${plan}>
      <div class="sides">
        <${TextField} label="Namespace" value=${target.namespace} required onChange=${(namespace) => change({ namespace })} />
        <${TextField} label="Name" value=${target.name} required onChange=${(name) => change({ name })} />
        <${TextField} label="Version" value=${target.version} required onChange=${(version) => change({ version })} />
      </div>
      <div class="actions"><button type="submit" class="button ${state.plan ? '' : 'primary'}" disabled=${!isComplete || state.busy}>${state.busy === 'plan' ? 'Planning …' : 'Show what it changes'}</button>
        ${state.plan && html`<button type="button" class="button primary" disabled=${state.busy} onClick=${publish}>${state.busy === 'publish' ? 'Publishing …' : 'Publish'}</button>`}</div>
    </form>
    ${state.error && html`<${Problem} error=${state.error} />`}
    ${state.plan && html`<${Plan} plan=${state.plan} kind=${file.kind} />`}
    ${file.kind === 'template' && html`<${Yaml} source=${file.body} errors=${errors} />`}
  </${Card}>`;
}
