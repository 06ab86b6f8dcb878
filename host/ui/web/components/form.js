// A form made from a JSON Schema. The host validates; what it refuses is shown at the field.
import { html, useId, useState } from '../lib/preact.js';
import { initial, inputType, kindOf, resolve, ruleOf } from '../lib/schema.js';
import { Icon } from './icon.js';

/**
 * @param {{schema: any, root: any, value: any, onChange: (value: any) => void, path?: string,
 *   errors: {path?: string, message: string}[], name?: string, isRequired?: boolean}} props
 */
export function SchemaField(props) {
  const schema = resolve(props.schema, props.root);
  const path = props.path ?? '';
  const messages = props.errors.filter((error) => (error.path ?? '') === path).map((error) => error.message);
  const Kind = { object: ObjectField, array: ArrayField, boolean: BooleanField, enum: EnumField, const: ConstField, json: JsonField }[kindOf(schema)] ?? TextualField;
  return html`<${Kind} ...${props} path=${path} schema=${schema} kind=${kindOf(schema)} messages=${messages}
    title=${schema.title ?? props.name ?? 'input'} />`;
}

/** Label, description, rules and errors around one control. */
function Labelled({ id, title, schema, isRequired, messages, children }) {
  const hint = [schema.description, ruleOf(schema)].filter(Boolean).join(' · ');
  return html`<div class="field ${messages.length > 0 ? 'wrong' : ''}">
    <label for=${id}>${title}${isRequired && html`<span class="required"> (required)</span>`}</label>
    ${children}
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    ${messages.map((message) => html`<p class="wrong-text" id="${id}-wrong"><${Icon} name="alert" />${message}</p>`)}
  </div>`;
}

const described = (id, messages) => ({
  'aria-describedby': `${id}-hint ${id}-wrong`,
  'aria-invalid': messages.length > 0 ? 'true' : undefined,
});

function TextualField({ schema, kind, title, value, onChange, isRequired, messages }) {
  const id = useId();
  const isNumber = kind === 'number' || kind === 'integer';
  const change = (event) => {
    const text = event.currentTarget.value;
    if (text === '') onChange(undefined);
    else onChange(isNumber && Number.isFinite(Number(text)) ? Number(text) : text);
  };
  const isLong = kind === 'string' && ((schema.maxLength ?? 0) > 200 || String(value ?? '').length > 80);
  const control = isLong
    ? html`<textarea id=${id} rows="4" value=${value ?? ''} onInput=${change} ...${described(id, messages)} />`
    : html`<input id=${id} type=${isNumber ? 'text' : inputType(schema)} inputmode=${isNumber ? 'decimal' : undefined} value=${value ?? ''}
        placeholder=${schema.examples?.[0] ?? ''} onInput=${change} autocomplete="off" ...${described(id, messages)} />`;
  return html`<${Labelled} ...${{ id, title, schema, isRequired, messages }}>${control}</${Labelled}>`;
}

function BooleanField({ schema, title, value, onChange, isRequired, messages }) {
  const id = useId();
  const text = value === undefined ? '' : String(value);
  const change = (event) => onChange({ '': undefined, true: true, false: false }[event.currentTarget.value]);
  return html`<${Labelled} ...${{ id, title, schema, isRequired, messages }}>
    <select id=${id} onChange=${change} ...${described(id, messages)}>
      ${['', 'true', 'false'].map((option) => html`<option value=${option} selected=${option === text}>${option || 'not given'}</option>`)}
    </select></${Labelled}>`;
}

function EnumField({ schema, title, value, onChange, isRequired, messages }) {
  const id = useId();
  const at = schema.enum.findIndex((option) => JSON.stringify(option) === JSON.stringify(value));
  const change = (event) => onChange(schema.enum[event.currentTarget.value]);
  return html`<${Labelled} ...${{ id, title, schema, isRequired, messages }}>
    <select id=${id} onChange=${change} ...${described(id, messages)}>
      <option value="" selected=${at < 0}>not given</option>
      ${schema.enum.map((option, index) => html`<option value=${index} selected=${index === at}>${typeof option === 'string' ? option : JSON.stringify(option)}</option>`)}
    </select></${Labelled}>`;
}

function ConstField({ schema, title }) {
  return html`<div class="field"><span class="label">${title}</span><code>${JSON.stringify(schema.const)}</code></div>`;
}

function ObjectField({ schema, root, title, name, value, onChange, path, errors, messages }) {
  const members = Object.entries(schema.properties);
  const given = typeof value === 'object' && value !== null ? value : {};
  const fields = members.map(([member, inner]) => html`<${SchemaField} key=${member} name=${member} schema=${inner} root=${root}
    value=${given[member]} isRequired=${(schema.required ?? []).includes(member)} errors=${errors}
    path=${`${path}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`}
    onChange=${(changed) => onChange({ ...given, [member]: changed })} />`);
  if (!name) return html`<div class="fields">${fields}<${Messages} messages=${messages} /></div>`;
  return html`<fieldset><legend>${title}</legend>${schema.description && html`<p class="hint">${schema.description}</p>`}
    ${fields}<${Messages} messages=${messages} /></fieldset>`;
}

function ArrayField({ schema, root, title, value, onChange, path, errors, messages }) {
  const items = Array.isArray(value) ? value : [];
  const without = (index) => onChange(items.filter((_, at) => at !== index));
  return html`<fieldset><legend>${title}</legend>
    ${schema.description && html`<p class="hint">${schema.description}</p>`}
    ${items.map((item, index) => html`<div class="array-item" key=${index}>
      <${SchemaField} name=${`${index + 1}`} schema=${schema.items} root=${root} value=${item} errors=${errors} path=${`${path}/${index}`}
        onChange=${(changed) => onChange(items.map((it, at) => (at === index ? changed : it)))} />
      <button type="button" class="button small" aria-label="Remove ${title} ${index + 1}" onClick=${() => without(index)}>Remove</button>
    </div>`)}
    <button type="button" class="button small" onClick=${() => onChange([...items, initial(schema.items, root)])}>Add to ${title}</button>
    <${Messages} messages=${messages} />
  </fieldset>`;
}

/** What a form cannot offer fields for is JSON. */
function JsonField({ schema, title, value, onChange, isRequired, messages }) {
  const id = useId();
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value, null, 2));
  const [wrong, setWrong] = useState(null);
  const change = (event) => {
    const given = event.currentTarget.value;
    setText(given);
    try {
      onChange(given.trim() === '' ? undefined : JSON.parse(given));
      setWrong(null);
    } catch (error) {
      setWrong(error.message);
    }
  };
  const all = wrong ? [...messages, wrong] : messages;
  return html`<${Labelled} ...${{ id, title: `${title} (JSON)`, schema, isRequired, messages: all }}>
    <textarea id=${id} rows="5" class="mono" value=${text} onInput=${change} spellcheck="false" ...${described(id, all)} /></${Labelled}>`;
}

const Messages = ({ messages }) => messages.map((message) => html`<p class="wrong-text"><${Icon} name="alert" />${message}</p>`);
