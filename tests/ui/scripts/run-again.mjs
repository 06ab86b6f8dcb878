import { assert, withPage } from './browser.mjs';

await withPage(async (page) => {
  await page.goto('/tasks?namespace=shop&tag=nightly');
  const boxes = page.getByRole('checkbox', { name: 'Select' });
  await boxes.nth(1).waitFor();
  for (const box of await boxes.all()) await box.check();
  const selected = page.getByRole('region', { name: 'Selected tasks' });
  assert(await selected.getByRole('button', { name: 'Cancel' }).count() === 0, 'what has ended can be cancelled');
  await selected.getByRole('button', { name: 'Run 2 tasks again' }).click();

  // A dry run says which.
  const dialog = page.getByRole('dialog');
  await dialog.getByText('2 ended tasks of the 2 selected').waitFor();
  assert(await dialog.getByText('shop/echo@1.0.0').count() === 2, 'the tasks are not named');
  await dialog.getByRole('button', { name: 'Run 2 tasks again' }).click();
  await dialog.getByText('2 tasks submitted.').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('checkbox', { name: 'Select' }).nth(3).waitFor();
});
