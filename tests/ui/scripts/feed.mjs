import { assert, noteErrors, withBrowser, open } from './browser.mjs';

await withBrowser(async (browser) => {
  const { page, context, check } = await open(browser);
  const other = await context.newPage();
  const checkOther = noteErrors(other);
  let streams = 0;
  for (const tab of [page, other]) {
    tab.on('request', (request) => { streams += request.url().includes('/v1/events/stream') ? 1 : 0; });
  }
  await page.goto('/tasks');
  await page.locator('.side .feed.live').waitFor();
  await other.goto('/tasks');
  await other.locator('.side .feed.live').waitFor();
  assert(streams === 1, `${streams} streams for two tabs`);

  const submit = (tab) => tab.evaluate(() => fetch('/v1/tasks', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ namespace: 'shop', template: 'echo' }),
  }).then((answer) => answer.json()).then((answer) => answer.task.id));
  const row = (tab, id) => tab.locator(`a[href="/tasks/${id}"]`);
  await row(other, await submit(page)).waitFor();

  // The other tab goes on when the one that followed the feed is closed.
  const again = await context.newPage();
  await again.goto('/settings');
  await page.close();
  await other.locator('.side .feed.live').waitFor();
  await row(other, await submit(again)).waitFor();

  // More happens than anybody reads: the tabs look now and then, and follow again once it is calm.
  await again.evaluate(() => fetch('/v1/tasks', {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Array.from({ length: 500 }, () => ({ namespace: 'shop', template: 'echo' }))),
  }).then((answer) => answer.text()));
  await other.locator('.side .feed.busy').waitFor();
  await other.locator('.side .feed.live').waitFor();
  await row(other, await submit(again)).waitFor();
  check();
  checkOther();
});
