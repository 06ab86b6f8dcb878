// Actions: what will happen, a reason, and a button that does it.
import { html, signal, useEffect, useId, useRef, useState } from '../lib/preact.js';
import { Problem } from './basics.js';
import { Icon } from './icon.js';

/**
 * @typedef {object} Action
 * @property {string} title what is done, as on its button
 * @property {any} says what will happen, in a sentence or more
 * @property {(reason: string, values: object) => Promise<any>} run
 * @property {boolean} [isDangerous]
 * @property {boolean} [takesReason] true unless it is said otherwise
 * @property {(state: [object, (changes: object) => void]) => any} [fields] more to fill in
 * @property {object} [values] what they have at first
 * @property {(answer: any) => any} [shows] what is shown of the answer; without it the dialog closes
 * @property {(answer: any) => void} [then]
 */

/** @type {{value: Action | null}} */
const current = signal(null);

/** Opens the dialog of an action. */
export function ask(action) {
  current.value = action;
}

/** A button that asks before it does something. */
export function ActionButton({ action, icon, kind = '', text }) {
  return html`<button type="button" class="button ${kind} ${action.isDangerous ? 'danger' : ''}" onClick=${() => ask(action)}>
    ${icon && html`<${Icon} name=${icon} />`}${text ?? action.title}</button>`;
}

/** The place of the dialog; there is one. */
export function Dialogs() {
  const action = current.value;
  return action && html`<${ActionDialog} key=${action} action=${action} close=${() => { current.value = null; }} />`;
}

function ActionDialog({ action, close }) {
  const box = useRef(null);
  const [heading, reasonField] = [useId(), useId()];
  const [reason, setReason] = useState('');
  const [values, setValues] = useState(action.values ?? {});
  const [state, setState] = useState({});
  useEffect(() => {
    const [dialog, before] = [box.current, document.activeElement];
    dialog.showModal();
    return () => {
      dialog.close();
      before?.focus();
    };
  }, []);
  const submit = async (event) => {
    event.preventDefault();
    setState({ isBusy: true });
    try {
      const answer = await action.run(reason.trim(), values);
      action.then?.(answer);
      if (action.shows) setState({ answer });
      else close();
    } catch (error) {
      setState({ error });
    }
  };
  const change = (changes) => setValues((before) => ({ ...before, ...changes }));
  const isDone = state.answer !== undefined;
  return html`<dialog ref=${box} onCancel=${close} onClose=${close} aria-labelledby=${heading}>
    <form onSubmit=${submit}>
      <h2 id=${heading}>${action.title}</h2>
      ${isDone ? action.shows(state.answer) : html`<div class="says">${action.says}</div>
        ${action.fields?.([values, change])}
        ${action.takesReason !== false && html`<div class="field"><label for=${reasonField}>Reason</label>
          <input id=${reasonField} value=${reason} onInput=${(event) => setReason(event.currentTarget.value)} autocomplete="off" maxlength="500" />
          <p class="hint">Recorded in the audit log.</p></div>`}`}
      ${state.error && html`<${Problem} error=${state.error} />`}
      <div class="dialog-end">
        <button type="button" class="button" onClick=${close}>${isDone ? 'Close' : 'Do nothing'}</button>
        ${!isDone && html`<button type="submit" class="button ${action.isDangerous ? 'danger' : 'primary'}" disabled=${state.isBusy}>
          ${state.isBusy ? 'Under way …' : action.title}</button>`}
      </div>
    </form>
  </dialog>`;
}

/** A labelled text field of an action. */
export function TextField({ label, hint, value, onChange, type = 'text', ...more }) {
  const id = useId();
  return html`<div class="field"><label for=${id}>${label}</label>
    <input id=${id} type=${type} value=${value ?? ''} onInput=${(event) => onChange(event.currentTarget.value)} autocomplete="off" spellcheck="false"
      aria-describedby=${hint ? `${id}-hint` : undefined} ...${more} />
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}</div>`;
}
