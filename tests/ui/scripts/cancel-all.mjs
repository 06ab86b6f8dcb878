import { assert, confirm, given, withPage } from './browser.mjs';

await withPage(async (page) => {
  await page.goto('/tasks?namespace=shop&template=form&tag=wrong&hours=1');
  await page.getByText('No task is as these filters say.').waitFor();
  await page.getByRole('button', { name: 'Cancel all that are open' }).click();
  await page.getByText('0 open tasks would be cancelled').waitFor();
  await page.getByRole('button', { name: 'Cancel none' }).click();

  // A dry run says which; those of other tags are left.
  await page.getByLabel('Tag').fill('nightly');
  await page.getByRole('button', { name: 'Cancel all that are open' }).click();
  await page.getByText('2 open tasks would be cancelled').waitFor();
  const table = page.getByRole('region', { name: 'Tasks that would be cancelled' });
  for (const id of given.tagged) await table.locator(`a[href="/tasks/${id}"]`).waitFor();
  assert(await table.locator('tbody tr').count() === 2, 'others are listed');
  await page.getByRole('button', { name: 'Cancel 2 tasks' }).click();
  await confirm(page, 'Cancel 2 tasks', 'the wrong night');
  await page.getByRole('dialog').getByText('2 tasks cancelled.').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
});
