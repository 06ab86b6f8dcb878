// Exchanges a key or token for a session, or goes to the identity provider for one. Nothing in the page keeps a key.
import { html, useEffect, useId, useState } from '../lib/preact.js';
import { get } from '../lib/api.js';
import { place, setQuery } from '../lib/router.js';
import { signIn } from '../lib/session.js';
import { Problem } from '../components/basics.js';
import { Icon } from '../components/icon.js';

/** What the host sends a browser back with where nobody is signed in: `SignInError` of `host/api/src/auth/sign_in/error.rs`. */
const FAILURES = {
  stale: ['The sign-in is not valid any more', 'It has to end in the browser and tab that it began in, within ten minutes, and once. Begin again.'],
  denied: ['The identity provider let nobody in', 'The sign-in was refused or broken off there.'],
  refused: ['The identity provider refused the host', 'Its answer is in the log of the host, under the request below.'],
  provider: ['The identity provider does not answer as it should', 'Try again in a moment, or sign in with a key. The reason is in the log of the host, under the request below.'],
  keys: ['The keys of the identity provider could not be read yet', 'Try again in a moment, or sign in with a key.'],
  token: ['What the identity provider says is not accepted', 'Its token has to be for this host, in force, and signed by its present keys. The reason is in the log of the host, under the request below.'],
  busy: ['Too many browsers sign in at the same time', 'Try again in a moment.'],
  too_many: ['There are too many sessions', 'Try again later, or ask an operator.'],
  host: ['The host could not begin a session', 'Try again in a moment. The reason is in the log of the host, under the request below.'],
};
const UNKNOWN = ['Nobody is signed in', 'Try again.'];

/** What went wrong; it leaves the address, so that it is not shown again. */
function useFailure() {
  const [failure] = useState(() => {
    const { query } = place.peek();
    const code = query.get('sign_in_error');
    if (!code) return null;
    const [title, detail] = Object.hasOwn(FAILURES, code) ? FAILURES[code] : UNKNOWN;
    return Object.assign(new Error(title), { problem: { title, code, detail }, correlationId: query.get('correlation_id') });
  });
  useEffect(() => {
    if (failure) setQuery({ sign_in_error: null, correlation_id: null });
  }, []);
  return failure;
}

export default function SignIn() {
  const failure = useFailure();
  const [provider, setProvider] = useState(null);
  useEffect(() => {
    document.title = 'Sign in · Tasker';
    // Without an answer there is the key.
    get('/v1/session').then(({ oidc }) => setProvider(oidc), () => {});
  }, []);
  return html`<main class="sign-in">
    <h1>Sign in to Tasker</h1>
    ${failure && html`<${Problem} error=${failure} />`}
    ${provider && html`<${AtProvider} provider=${provider} />`}
    <${WithKey} isSecond=${Boolean(provider)} />
  </main>`;
}

/** The host's name at the provider, which may be another than that in the address bar. */
function AtProvider({ provider }) {
  const { path, query } = place.value;
  const rest = new URLSearchParams(query);
  rest.delete('sign_in_error');
  rest.delete('correlation_id');
  const page = path + (rest.size > 0 ? `?${rest}` : '');
  const to = new URL(provider.url);
  to.searchParams.set('return_to', page);
  return html`<div class="stack"><a class="button primary" href=${to.href}><${Icon} name="key" />Sign in at ${hostOf(provider.issuer)}</a>
    <p class="or"><span>or</span></p></div>`;
}

function hostOf(issuer) {
  return URL.canParse(issuer) ? new URL(issuer).host : issuer;
}

function WithKey({ isSecond }) {
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
  return html`<form class="stack" onSubmit=${submit}>
    <div class="field"><label for=${id}>API key or token</label>
      <input id=${id} type="password" autocomplete="current-password" required value=${key} autofocus=${!isSecond}
        onInput=${(event) => setKey(event.currentTarget.value)} />
      <p class="hint">A key begins with <code>tk_</code>. The host gives the first one when it starts for the first time; others are made
        by <code>tasker key create</code>.</p></div>
    ${state.error && html`<${Problem} error=${state.error} />`}
    <button type="submit" class="button ${isSecond ? '' : 'primary'}" disabled=${state.isBusy || !key.trim()}>${state.isBusy ? 'Signing in …' : 'Sign in'}</button>
  </form>`;
}
