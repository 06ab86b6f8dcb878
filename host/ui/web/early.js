// Runs before anything is drawn, so that no light page flashes before a dark one.
try {
  document.documentElement.dataset.theme = localStorage.getItem('tasker-theme') ?? 'auto';
} catch {
  document.documentElement.dataset.theme = 'auto';
}
