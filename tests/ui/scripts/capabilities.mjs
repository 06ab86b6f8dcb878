import { assert, given, withPage } from './browser.mjs';

const grant = (page, namespace, component, capability) => page.evaluate(async ([path, body]) => {
  const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
}, [`/v1/namespaces/${namespace}/grants`, { component, capability }]);

await withPage(async (page) => {
  const card = page.locator('section.card', { has: page.getByRole('heading', { name: 'What it could reach now' }) });
  const stateOf = (capability, state) => card.locator('li', { hasText: capability }).getByText(state, { exact: true });

  // Of a component of the task's namespace, the host says what is granted.
  await page.goto(`/tasks/${given.own}/steps/a`);
  await card.getByText('Requested by shop/guest@1.2.0').waitFor();
  await stateOf('kv orders', 'granted').waitFor();
  await stateOf('http api.example.com', 'not granted').waitFor();
  await grant(page, 'shop', 'guest', 'http *.example.com');
  await stateOf('http api.example.com', 'granted').waitFor();
  await card.getByText('http *.example.com').waitFor();

  // Of another namespace's component, the grants of the task's namespace count, and not those of its own.
  await page.goto(`/tasks/${given.foreign}/steps/a`);
  await card.getByRole('heading', { name: 'Granted in mail' }).waitFor();
  await card.getByText('Nothing: it computes').waitFor();
  assert(await card.getByText('not granted', { exact: true }).count() === 2, 'grants of another namespace are shown');
  await grant(page, 'mail', 'shop/guest', 'kv orders');
  await stateOf('kv orders', 'granted').waitFor();
  await stateOf('http api.example.com', 'see the grants').waitFor();
});
