// Exchanges a key or token for a session. Nothing in the page keeps it.
import { html, useId, useState } from '../lib/preact.js';
import { signIn } from '../lib/session.js';
import { Problem } from '../components/basics.js';

export default function SignIn() {
  const id = useId();
  const [key, setKey] = useState('');
  const [state, setState] = useState({});
  const submit = async (event) => {
    event.preventDefault();
    setState({ isBusy: true });
    try {
      await signIn(key.trim());
    } catch (error) {
      setState({ error });
    }
  };
  return html`<main class="sign-in">
    <h1>Sign in to Tasker</h1>
    <form class="stack" onSubmit=${submit}>
      <div class="field"><label for=${id}>API key or token</label>
        <input id=${id} type="password" autocomplete="current-password" required value=${key}  autofocus
          onInput=${(event) => setKey(event.currentTarget.value)} />
        <p class="hint">A key begins with <code>tk_</code>. The host gives the first one when it starts for the first time; others are made by
          <code>tasker key create</code>.</p></div>
      ${state.error && html`<${Problem} error=${state.error} />`}
      <button type="submit" class="button primary" disabled=${state.isBusy || !key.trim()}>${state.isBusy ? 'Signing in …' : 'Sign in'}</button>
    </form>
  </main>`;
}
