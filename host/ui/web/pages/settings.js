// Who is signed in and what they may do; colours; where the API is.
import { html } from '../lib/preact.js';
import { session, signOut } from '../lib/session.js';
import { CHOICES, setTheme, theme } from '../lib/theme.js';
import { Card, Command, Facts, PageHead } from '../components/basics.js';
import { permissionText } from './keys.js';

export default function Settings() {
  const { authentication, name, permissions } = session.value;
  return html`<div class="page">
    <${PageHead} title="Settings" />
    <div class="cards">
      <${Card} title="Who you are">
        ${authentication ? html`<${Facts} of=${[['Signed in as', name]]} />`
          : html`<p class="note">This host has no authentication: everybody who reaches it may do everything.</p>`}
        <h3>What you may do</h3>
        <ul>${permissions.map((entry) => html`<li>${permissionText(entry)}</li>`)}</ul>
        ${authentication && html`<div><button type="button" class="button" onClick=${signOut}>Sign out</button></div>`}
      </${Card}>
      <${Card} title="Appearance">
        <fieldset><legend>Colours</legend>${CHOICES.map((choice) => html`<label><input type="radio" name="theme" checked=${theme.value === choice} onChange=${() => setTheme(choice)} /> ${{ auto: 'as the system has it', light: 'light', dark: 'dark' }[choice]}</label>`)}</fieldset>
        <p class="muted">Times are in your zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone}; the exact instant is the title of each. Press <kbd>?</kbd> for shortcuts.</p>
      </${Card}>
      <${Card} title="On a terminal"><p>The command line does all that these pages do:</p><${Command} text=${`tasker --url ${location.origin} status`} /></${Card}>
    </div>
  </div>`;
}
