import { assert, given, withPage } from './browser.mjs';

await withPage(async (page) => {
  await page.goto('/graphiql');
  await page.getByText('The tasks that came last').waitFor();
  await page.locator('.graphiql-execute-button').click();
  await page.locator('.result-window', { hasText: given.task }).waitFor();
  assert(await page.locator('.graphiql-container').isVisible(), 'GraphiQL is there');
});
