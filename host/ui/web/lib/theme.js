// Light, dark, or as the system has it. `early.js` sets the choice before anything is drawn.
import { signal } from './preact.js';

const KEY = 'tasker-theme';
export const CHOICES = ['auto', 'light', 'dark'];

const stored = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
};

/** The viewer's choice. */
export const theme = signal(CHOICES.includes(stored()) ? stored() : 'auto');

export function setTheme(choice) {
  theme.value = choice;
  document.documentElement.dataset.theme = choice;
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // It holds until the page is loaded anew.
  }
}
