import { assert, given, withPage } from './browser.mjs';

await withPage(async (page) => {
  page.on('dialog', () => { throw new Error('a text of a stranger ran'); });
  await page.goto(`/tasks/${given.strange}`);
  await page.getByRole('region', { name: 'Why it failed' }).getByText(given.text).waitFor();
  await page.goto('/tasks');
  await page.getByText(given.text).first().waitFor();
  assert(await page.locator('main b, main script').count() === 0, 'markup of a stranger is part of the page');

  await page.goto(`/tasks/${given.small}/data`);
  await page.locator('.json-string', { hasText: given.text }).first().waitFor();
  // A mark of writing direction turns nothing around it: the text is isolated.
  assert(await page.locator('bdi.json-string').count() > 0, 'the text is not isolated');

  await page.goto(`/tasks/${given.large}/data`);
  await page.getByText('This is the beginning; download it for the rest.').first().waitFor();
  assert((await page.locator('pre.raw').first().innerText()).length < 30_000, 'too much is shown');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).first().click()]);
  assert(download.suggestedFilename().endsWith('.json'), download.suggestedFilename());
});
