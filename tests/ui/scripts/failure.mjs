import { assert, given, withPage } from './browser.mjs';

await withPage(async (page) => {
  await page.goto(`/tasks/${given.task}`);
  const cause = page.getByRole('region', { name: 'Why it failed' });
  await cause.getByText('the card was declined').waitFor();
  await cause.getByText('card_declined').waitFor();
  assert((await cause.getByLabel('Run it again').innerText()).includes(given.task), 'the command names the task');
  await cause.getByRole('link', { name: 'charge' }).click();
  await page.getByRole('heading', { name: 'charge' }).waitFor();
  await page.getByRole('region', { name: 'Attempts' }).getByText('card_declined').waitFor();
  await page.getByRole('link', { name: 'shop/basics@1.0.0' }).waitFor();
});
